#include <array>

#include "src/base/ascii.h"
#include "src/init/applications.h"
#include "src/init/derived_key.h"
#include "src/init/reading.h"
#include "src/literals/lines.h"
#include "src/literals/ruby_text.h"
#include "src/literals/yaml_text.h"

namespace pwreset {
namespace {

/// Whether Gemfile.lock has the gem: "    devise (4.9.3)".
bool locks_gem(std::string_view lock, std::string_view gem) {
    Lines lines(lock);
    for (std::string_view line; lines.next(line);) {
        if (line.starts_with("    ") && trimmed(line).starts_with(gem) &&
            trimmed(line).substr(gem.size()).starts_with(" ("))
            return true;
    }
    return false;
}

/// What of config/database.yml is the database of production; of several the first, which Rails calls "primary".
class ProductionDatabase {
public:
    explicit ProductionDatabase(const YamlText& text) : text_(text) {
        const std::array<std::string_view, 2> primary{"production", "primary"};
        if (text.has(primary)) path_.emplace_back("primary");
    }
    Literal value(std::string_view key) const {
        auto path = path_;
        path.push_back(key);
        return text_.value(path);
    }
    std::string shown(std::string_view key) const { return shown_value(value(key)); }

private:
    const YamlText& text_;
    std::vector<std::string_view> path_{"production"};
};

void read_rails_database(const YamlText& text, Facts& facts) {
    const ProductionDatabase database(text);
    const std::string where = " of production in config/database.yml";
    const auto url = place_of_url(database.value("url").plain());
    if (url) {
        require_mysql(facts.application, url->kind);
        facts.database = *url;
        return;
    }
    require_mysql(facts.application, database.shown("adapter"));
    facts.database.kind = "mysql";
    facts.database.name =
        wanted_value(facts, database.value("database"), "'database'" + where, "write name in [database]");
    facts.database.socket = database.shown("socket");
    if (facts.database.socket.empty() && database.value("host").kind != Literal::Kind::absent)
        facts.database.host =
            wanted_value(facts, database.value("host"), "'host'" + where, "write host or socket in [database]");
    if (database.value("port").is_computed())
        facts.unknown.push_back("'port'" + where + " is not written out there: write port in [database]");
    facts.database.port = port_of(database.shown("port"));
}

/// "6.hours" as the configuration has it; empty for what is no such span.
std::string span_of(std::string_view ruby) {
    const std::size_t dot = ruby.find('.');
    const std::string_view unit = dot == ruby.npos ? "" : ruby.substr(dot + 1);
    if (port_of(ruby.substr(0, dot)) == 0) return {};
    const std::string count(ruby.substr(0, dot));
    for (const auto& [word, letter] : {std::pair("minute", "m"), {"hour", "h"}, {"day", "d"}}) {
        if (unit == word || unit == std::string(word) + "s") return count + letter;
    }
    return {};
}

/// Devise's key is made of its own secret where it has one, else of the application's.
void read_devise_secret(const Files& files, std::string_view initializer, Facts& facts) {
    Literal secret = ruby_setting(initializer, "secret_key");
    if (secret.kind == Literal::Kind::absent)
        secret = Variables(files, {".env", ".env.production"}, facts).value("SECRET_KEY_BASE");
    if (secret.kind == Literal::Kind::absent) {
        const auto text = noted(files, "config/secrets.yml", facts);
        const std::array<std::string_view, 2> path{"production", "secret_key_base"};
        if (text) secret = YamlText(text->reveal()).value(path);
    }
    if (secret.is_written() && !secret.text.empty()) {
        facts.secrets.push_back({"devise", "devise.key", "hex", devise_key(secret.text.reveal())});
    } else {
        facts.wanted.push_back({"devise", "devise.key", "hex", "secret_key_base",
                                "\"bin/rails runner 'puts Rails.application.secret_key_base'\" shows it", devise_key});
    }
}

void read_devise(const Files& files, Facts& facts) {
    const auto text = noted(files, "config/initializers/devise.rb", facts);
    const std::string_view initializer = text ? text->reveal() : "";
    read_devise_secret(files, initializer, facts);
    const std::string span = span_of(shown_value(ruby_setting(initializer, "reset_password_within")));
    if (!span.empty() && span != "6h")
        facts.settings.push_back(
            {"reset", "application_lifetime", toml_text(span), "of config/initializers/devise.rb"});
    facts.mail_from = shown_value(ruby_setting(initializer, "mailer_sender"));
    if (facts.mail_from.find("please-change-me") != facts.mail_from.npos) facts.mail_from.clear();
    if (ruby_setting(initializer, "pepper").kind != Literal::Kind::absent)
        facts.unknown.emplace_back("this application peppers its passwords: pwreset makes no temporary ones for it");
}

}  // namespace

std::optional<Facts> read_rails(const Files& files) {
    Facts facts{"Rails", ""};
    const auto text = noted(files, "config/database.yml", facts);
    if (!text) return {};
    const auto lock = noted(files, "Gemfile.lock", facts);
    const std::string_view gems = lock ? lock->reveal() : "";
    if (files("lib/redmine/version.rb")) {
        facts.application = "Redmine";
        facts.profile = "redmine";
    } else if (locks_gem(gems, "devise")) {
        facts.application = "Rails with Devise";
        facts.profile = "devise";
    } else if (locks_gem(gems, "rodauth")) {
        facts.application = "Rails with Rodauth";
        facts.profile = "rodauth";
    }
    read_rails_database(YamlText(text->reveal()), facts);
    if (facts.profile == "devise") read_devise(files, facts);
    return facts;
}

}  // namespace pwreset
