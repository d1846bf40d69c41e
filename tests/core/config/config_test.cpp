#include "src/config/load.h"

#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using namespace std::chrono_literals;

namespace {

std::string source_file(const std::string& name) {
    std::ifstream stream(std::string(PWRESET_SOURCE_DIR) + "/" + name);
    std::stringstream text;
    text << stream.rdbuf();
    REQUIRE(!text.str().empty());
    return text.str();
}

/// A key that stands for any name: "operators.GROUP".
bool is_any(const std::string& key) { return key.substr(key.rfind('.') + 1) == "GROUP"; }

/// "headers" of "sms.headers.GROUP".
std::string name_before_last(const std::string& key) {
    const std::string rest = key.substr(0, key.rfind('.'));
    return rest.substr(rest.rfind('.') + 1);
}

}  // namespace

TEST_CASE("the least configuration has the documented defaults") {
    const Config config = parse(least);
    CHECK(config.application == "shop");
    CHECK(config.file == "/etc/pwreset/shop.toml");
    CHECK(config.keys == "/etc/pwreset/shop.keys");
    CHECK(config.database.kind == DatabaseConfig::Kind::mysql);
    CHECK(config.database.hosts == std::vector<std::string>{"db.example"});
    CHECK(config.database.port == 3306);
    CHECK(config.database.tls == Tls::implicit);
    CHECK(config.database.schema.empty());
    CHECK(config.database.read_timeout == 30s);
    CHECK(config.users.table == "users");
    CHECK(config.users.email == "email");
    CHECK(config.users.phone.empty());
    CHECK(config.users.protected_roles.empty());
    CHECK(config.reset.link_lifetime == 1h);
    CHECK(config.reset.code_lifetime == 5min);
    CHECK(config.limits.cooldown == 2min);
    CHECK(config.limits.per_account.count == 10);
    CHECK(config.limits.per_account.window == 1h);
    CHECK(config.mail.transport == MailConfig::Transport::smtp);
    CHECK(config.mail.from_name == "Shop");
    CHECK(config.mail.from_address == "no-reply@shop.example");
    CHECK(config.mail.tls == Tls::starttls);
    CHECK(config.mail.port == 587);
    CHECK(config.text.product == "shop");
    CHECK(config.text.locale == "en");
    CHECK(config.retention.audit == 400 * 24h);
    CHECK_FALSE(config.operators);
}

TEST_CASE("the sample parses, every key of it") {
    const std::string sample = source_file("packaging/sample.toml");
    const Config config = parse(sample);
    CHECK(config.users.protected_roles == std::vector<std::string>{"admin", "owner"});
    CHECK(config.operators->at("user:www-data") == std::vector<std::string>{"web"});
    for (const std::string& key : config_keys()) {
        INFO(key);
        const std::string last = key.substr(key.rfind('.') + 1);
        // Of what has several forms the sample shows one.
        const auto is_of = [&](std::string_view table) { return key.starts_with(table); };
        const bool is_form = is_of("users.refuse.") || is_of("users.blocked_by.") || is_of("users.role.holders") ||
                             is_of("users.role.optional") || is_of("users.id.unique") || is_of("users.role.through") ||
                             is_of("users.role.up") || is_of("users.role.names.flags");
        if (!is_any(key) && !is_form) CHECK_THAT(sample, ContainsSubstring(last + " = "));
    }
}

TEST_CASE("every key is in the manual") {
    const std::string manual = source_file("man/pwreset.toml.5");
    for (const std::string& key : config_keys()) {
        INFO(key);
        const std::size_t dot = key.rfind('.');
        const std::string section = dot == key.npos ? "Top of the file" : "[" + key.substr(0, key.find('.')) + "]";
        const std::size_t begin = manual.find(".Ss " + section);
        REQUIRE(begin != manual.npos);
        const std::string part = manual.substr(begin, manual.find("\n.Ss ", begin + 1) - begin);
        const std::string last = key.substr(dot + 1);
        // A table within a section is described by its own name.
        const std::string table =
            is_any(key) && key != "operators.GROUP" ? ".It Ic " + name_before_last(key) + " " : "";
        const std::string item = is_any(key) ? ".It Ar GROUP " : ".It Ic " + last + " ";
        CHECK_THAT(part, ContainsSubstring(table.empty() ? item : table));
    }
}

TEST_CASE("the example of the manual parses") {
    const std::string manual = source_file("man/pwreset.toml.5");
    const std::size_t begin = manual.find("application = \"shop\"\n");
    const Config config = parse(manual.substr(begin, manual.find(".Ed", begin) - begin));
    CHECK(config.database.socket == "/run/mysqld/mysqld.sock");
    CHECK(config.database.tls == Tls::off);
}

TEST_CASE("every key is read") {
    const std::map<std::string, std::string> inline_tables{
        {"users.id", "id =      { column = \"c\", type = \"t\" }"},
        {"users.scope", "scope = { column = \"c\", value = \"1\" }"},
        {"users.active", "active = { column = \"c\", values = \"v\" }"},
        {"users.email", "email = { table = \"t\", user = \"u\", column = \"c\", where = \"\" }"},
        {"users.email.where", "email = { table = \"t\", user = \"u\", column = \"c\", where = { GROUP = \"g\" } }"},
        {"users.phone", "phone = { table = \"t\", user = \"u\", column = \"c\", where = \"\" }"},
        {"users.phone.where", "phone = { table = \"t\", user = \"u\", column = \"c\", where = { GROUP = \"g\" } }"},
        {"users.login", "login = { table = \"t\", user = \"u\", column = \"c\", where = \"\" }"},
        {"users.login.where", "login = { table = \"t\", user = \"u\", column = \"c\", where = { GROUP = \"g\" } }"},
        {"users.password", "password = { table = \"t\", user = \"u\", column = \"c\", where = \"\" }"},
        {"users.password.where",
         "password = { table = \"t\", user = \"u\", column = \"c\", where = { GROUP = \"g\" } }"},
        {"users.role.column", "role = { column = \"c\" }"},
        {"users.role.list", "role = { list = \"l\" }"},
        {"users.role", "role = { table = \"r\", user = \"u\", role = \"n\", where = \"\" , names = \"\" }"},
        {"users.role.names.table",
         "role = { names = { table = \"t\", id = \"i\", name = \"n\" }, table = \"r\", user = "
         "\"u\", role = \"n\" }"},
        {"users.role.where", "role = { table = \"r\", user = \"u\", role = \"n\", where = { GROUP = \"g\" } }"},
        {"users.role.names",
         "role = { table = \"r\", user = \"u\", role = \"n\", names = { id = \"i\", name = \"n\", "
         "table = \"t\" } }"},
        {"temporary_password.must_change",
         "must_change = { table = \"t\", user = \"u\", column = \"c\", value = \"1\", where = \"\" }"},
        {"temporary_password.sessions", "sessions = { table = \"s\", user = \"u\" }"},
        {"temporary_password.ends", "ends = [{ table = \"s\", user = \"u\", where = \"\" }]"},
        {"temporary_password.ends.where", "ends = [{ table = \"s\", user = \"u\", where = { GROUP = \"g\" } }]"}};
    // No key takes a fraction: so a key that loads with one is never looked at.
    for (const std::string& key : config_keys()) {
        INFO(key);
        std::string section = key.substr(0, std::min(key.rfind('.'), key.size()));
        std::string line = key.substr(key.rfind('.') + 1) + " = 1.5";
        const auto is_of = [&](const char* list) { return key.starts_with(list); };
        // Those stand in lists, or instead of the others: users_test.cpp has them.
        if (is_of("users.refuse.") || is_of("users.blocked_by.") || is_of("users.role.flags") ||
            is_of("users.role.keys") || is_of("users.role.holders") || is_of("users.role.optional") ||
            is_of("users.role.through") || is_of("users.role.up") || is_of("users.role.names.flags") ||
            is_of("users.id.unique") || is_of("temporary_password.must_change.where") ||
            is_of("temporary_password.ends.of") || is_of("mail.relay."))
            continue;
        if (key == "application") {
            CHECK_THAT(fault_of(with("application = \"shop\"", "application = 1.5")),
                       ContainsSubstring("'application'"));
            continue;
        }
        const bool by_itself = inline_tables.contains(key) && key.starts_with("users.") &&
                               key.find('.', 6) != key.npos && key != "users.role.names" && !key.ends_with(".where");
        if (const auto table = inline_tables.find(by_itself ? key : section); table != inline_tables.end()) {
            std::string inner = table->second;
            const std::string name = key.substr(key.rfind('.') + 1) + " = ";
            inner.replace(inner.find(name, 8), name.size() + 3, line);
            const bool of_users = section.starts_with("users.");
            CHECK_THAT(fault_of(of_users ? with(protect, protect + "\n" + inner)
                                         : least + "[temporary_password]\n" + inner + "\n"),
                       ContainsSubstring("'" + key + "'"));
            continue;
        }
        std::string text = least;
        if (section.substr(0, 3) == "sms") text += "[sms]\nurl = \"https://g.example/{{to}}/{{text}}\"\n";
        if (section == "mail" && line == "maildir = 1.5") {
            text.replace(text.find(relay), relay.size(), "transport = \"maildir\"");
        }
        if (text.find("[" + section + "]\n") == text.npos) text += "[" + section + "]\n";
        const std::string header = "[" + section + "]\n";
        const std::size_t at = text.find(header) + header.size();
        const std::size_t end = std::min(text.find("\n[", at), text.size());
        const std::string name = line.substr(0, line.find(' ') + 1);
        const std::size_t old = text.find("\n" + name, at - 1);
        if (old < end) text.erase(old + 1, text.find('\n', old + 1) - old);
        text.insert(at, line + "\n");
        CHECK_THAT(fault_of(text), ContainsSubstring("'" + key + "'"));
    }
}

TEST_CASE("a damaged sample is an error or a configuration, never anything else") {
    const std::string sample = source_file("packaging/sample.toml");
    std::mt19937 random(20260301);
    const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
    int refused = 0;
    for (int round = 0; round < 1000; ++round) {
        std::string text = sample;
        for (std::size_t change = 0; change <= below(4); ++change) {
            const std::size_t at = below(text.size());
            switch (below(5)) {
                case 0:
                    text[at] = static_cast<char>(below(256));
                    break;
                case 1:
                    text.erase(at, 1 + below(40));
                    break;
                case 2:
                    text.insert(at, sample, below(sample.size()), below(80));
                    break;
                case 3:
                    text.insert(at, 1, "[]{}\"'=.#\n\\"[below(11)]);
                    break;
                default:
                    text[at] = text[below(text.size())];
                    break;
            }
        }
        INFO("round " << round);
        try {
            parse(text);
        } catch (const Error& error) {
            ++refused;
            CHECK(error.code == "CONFIG");
            CHECK(error.message.substr(0, 23) == "/etc/pwreset/shop.toml:");
        }
    }
    CHECK(refused > 300);
    CHECK(refused < 1000);
}
