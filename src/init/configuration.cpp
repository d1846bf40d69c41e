#include "src/init/configuration.h"

#include <algorithm>
#include <set>

#include "src/base/ascii.h"
#include "src/init/reading.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host == "::1" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

/// The lines of a configuration, section by section.
class Writing {
public:
    void blank() { text_ += "\n"; }
    void comment(std::string_view text) { text_ += "# " + std::string(text) + "\n"; }
    void section(const std::string& name, std::string_view told = {}) {
        text_ += "\n";
        if (!told.empty()) comment(told);
        text_ += "[" + name + "]\n";
    }
    void line(const std::string& key, const std::string& value, std::string_view told = {}) {
        text_ += key + " = " + value;
        if (!told.empty()) text_ += "  # " + std::string(told);
        text_ += "\n";
    }
    void text(const std::string& key, std::string_view value, std::string_view told = {}) {
        line(key, toml_text(value), told);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void write_database(Writing& out, const FirstConfiguration& first, const Facts& facts) {
    const auto& place = facts.database;
    out.section("database");
    if (!place.socket.empty()) {
        out.text("socket", place.socket);
    } else if (!place.host.empty()) {
        out.text("host", place.host);
        if (place.port != 0) out.line("port", std::to_string(place.port));
        if (is_this_machine(place.host)) out.text("tls", "off", "the server is on this machine");
    } else {
        out.comment("host = \"db.shop.example\"  # not known: write it; or socket = \"/run/mysqld/mysqld.sock\"");
    }
    if (place.name.empty()) {
        out.comment("name = \"shop\"  # not known: write the schema with the application's tables");
    } else {
        out.text("name", place.name, "the schema with the application's tables");
    }
    out.text("schema", first.own_schema, "the schema with pwreset's own");
    out.text("user", first.user, "a login of pwreset's own, never the application's");
    out.text("password_file", secret_file_name(first, "database.password"));
}

/// The settings of one section; of several with the same key the last one counts.
std::vector<Setting> settings_in(const Facts& facts, std::string_view section) {
    std::vector<Setting> chosen;
    for (const auto& setting : facts.settings) {
        if (setting.section != section) continue;
        std::erase_if(chosen, [&](const Setting& other) { return other.key == setting.key; });
        chosen.push_back(setting);
    }
    return chosen;
}

void write_settings(Writing& out, const Facts& facts, std::string_view section) {
    for (const auto& setting : settings_in(facts, section)) out.line(setting.key, setting.value, setting.comment);
}

void write_users(Writing& out, const FirstConfiguration& first, const Facts& facts) {
    out.section("users");
    if (facts.profile.empty()) {
        out.comment("profile = \"…\"  # not known: 'pwreset profile list' shows those there are");
    } else {
        out.text("profile", facts.profile, "says where accounts are, and who is protected: 'pwreset profile show'");
    }
    write_settings(out, facts, "users");
    const auto said = settings_in(facts, "users");
    const bool decided = std::any_of(said.begin(), said.end(), [](const auto& one) { return one.key == "protected"; });
    if (decided || !first.protection_is_asked) return;
    out.comment("role = \"role\"  # the column with the role of an account");
    out.comment("protected = [\"admin\"]  # write it: accounts that nobody resets from here; [] means none");
}

void write_reset(Writing& out, const FirstConfiguration& first, const Facts& facts) {
    out.section("reset");
    if (facts.profile == "native") {
        out.text("link", first.base + "/reset-password/{token}", "the page of the application that takes a token");
    } else {
        out.text("base", first.base, "what links begin with");
    }
    write_settings(out, facts, "reset");
    if (first.asks_for_token || first.asks_for_link)
        out.comment("test_account = \"id:KEY\"  # an account that is nobody's: see PROOF in pwreset-profiles(5)");
}

/// Sections that only an application's settings fill: "reset.store".
void write_further(Writing& out, const Facts& facts) {
    std::set<std::string> done{"users", "reset", "secrets"};
    for (const auto& setting : facts.settings) {
        if (!done.insert(setting.section).second) continue;
        out.section(setting.section);
        write_settings(out, facts, setting.section);
    }
}

void write_secrets(Writing& out, const FirstConfiguration& first, const Facts& facts) {
    if (facts.secrets.empty() && facts.wanted.empty() && settings_in(facts, "secrets").empty()) return;
    out.section("secrets", "What the application's tokens are made with, each in a file of its own, mode 0600.");
    const auto value = [&](const auto& secret) {
        const std::string file = "{ file = " + toml_text(secret_file_name(first, secret.suffix));
        return file + (secret.decode == "raw" ? "" : ", decode = " + toml_text(secret.decode)) + " }";
    };
    for (const auto& secret : facts.secrets) out.line(secret.name, value(secret));
    for (const auto& secret : facts.wanted) out.line(secret.name, value(secret), "not there yet: see 'pwreset init'");
    write_settings(out, facts, "secrets");
}

/// The sender as the configuration takes it; empty where it would not.
std::string sender(const Facts& facts) {
    std::string from = facts.mail_from;
    const bool bare = from.find('<') == from.npos;
    // A name goes beside the address only where it needs no quotes.
    const bool plain = std::all_of(facts.name.begin(), facts.name.end(),
                                   [](char c) { return is_alphanumeric(c) || c == ' ' || c == '-'; });
    if (bare && !facts.name.empty() && plain) from = facts.name + " <" + from + ">";
    return parse_mailbox(from) ? from : parse_mailbox(facts.mail_from) ? facts.mail_from : std::string();
}

void write_mail(Writing& out, const Facts& facts) {
    out.section("mail", "The relay that takes our mail. Where it asks for a login: user, and password_file.");
    const std::string from = sender(facts);
    if (from.empty()) out.comment("from = \"Shop <no-reply@shop.example>\"  # not known: write it");
    if (!from.empty()) out.text("from", from);
    if (!is_host(facts.mail_host)) {
        out.comment("host = \"mail.shop.example\"  # not known: write it");
        return;
    }
    out.text("host", facts.mail_host);
    if (is_this_machine(facts.mail_host)) out.text("tls", "off", "the relay is on this machine");
    if (facts.mail_port == 465) out.text("tls", "implicit");
    if (facts.mail_port != 0) out.line("port", std::to_string(facts.mail_port));
}

}  // namespace

bool is_local(const DatabasePlace& place) { return !place.socket.empty() || is_this_machine(place.host); }

std::string application_name_of(std::string_view text) {
    std::string name;
    for (const char c : text) {
        const bool fits = is_alphanumeric(c) || c == '_';
        if (fits) name += ascii_lower(c);
        if (!fits && !name.empty() && name.back() != '-') name += '-';
    }
    while (!name.empty() && (name.back() == '-' || name.back() == '_')) name.pop_back();
    while (!name.empty() && name.front() == '_') name.erase(0, 1);
    if (name.size() > 40) name.resize(40);
    return is_application_name(name) ? name : std::string();
}

std::string secret_file_name(const FirstConfiguration& first, const std::string& suffix) {
    return first.file.stem().string() + "-" + suffix;
}

std::string configuration_text(const FirstConfiguration& first, const Facts& facts) {
    Writing out;
    out.comment("Made by \"pwreset init\" from " + first.made_from + ". Every key: pwreset.toml(5).");
    out.comment("No password stands in it: they are in files of their own.");
    out.text("application", first.application, "tells its rows from others' in pwreset's tables: never change it");
    write_database(out, first, facts);
    if (!first.keys_folder.empty()) {
        out.section("keys");
        out.text("folder", first.keys_folder, "\"pwreset migrate\" makes the keys there");
    }
    write_users(out, first, facts);
    write_reset(out, first, facts);
    write_further(out, facts);
    write_secrets(out, first, facts);
    write_mail(out, facts);
    if (!facts.name.empty()) {
        out.section("text");
        out.text("product", facts.name, "the name your users know");
    }
    out.blank();
    out.comment("Who may do what: Unix groups, or single users. Without this section: the owner of this file alone.");
    out.comment("[operators]");
    out.comment("shop-support = [\"support\"]");
    return out.take();
}

}  // namespace pwreset
