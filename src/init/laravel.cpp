#include <array>

#include "src/base/error.h"
#include "src/init/applications.h"
#include "src/init/reading.h"
#include "src/literals/php_text.h"

namespace pwreset {
namespace {

using Keys = std::initializer_list<std::string_view>;

/// One of Laravel's files of settings, read by keys; what it takes from variables is looked up in ".env".
class LaravelSettings {
public:
    LaravelSettings(const Files& files, const std::string& path, const Variables& variables, Facts& facts)
        : text_(noted(files, path, facts)), program_(text_ ? text_->reveal() : ""), variables_(variables) {}

    Literal value(Keys path) const {
        if (!text_) return {};
        return program_.returned({path.begin(), path.size()}, [&](auto name) { return variables_.value(name); });
    }
    std::string shown(Keys path) const { return shown_value(value(path)); }

private:
    std::optional<Secret> text_;
    PhpText program_;
    const Variables& variables_;
};

/// What Laravel's env() makes of such words.
std::string without_nothing(std::string text) {
    for (const auto* nothing : {"null", "(null)", "empty", "(empty)"}) {
        if (text == nothing) return {};
    }
    return text;
}

void read_laravel_database(const Variables& variables, const LaravelSettings& settings, Facts& facts) {
    const std::string connection = without_nothing(variables.shown("DB_CONNECTION"));
    require_mysql(facts.application, connection);
    Literal text = variables.value("DB_URL");
    if (text.text.empty()) text = variables.value("DATABASE_URL");
    const auto url = place_of_url(text.plain());
    if (url) {
        require_mysql(facts.application, url->kind);
        facts.database = *url;
    } else {
        facts.database.host = without_nothing(variables.shown("DB_HOST"));
        facts.database.port = port_of(variables.shown("DB_PORT"));
        facts.database.socket = without_nothing(variables.shown("DB_SOCKET"));
        facts.database.name = wanted_value(facts, variables.value("DB_DATABASE"), variables.told("DB_DATABASE"),
                                           "write name in [database]");
    }
    if (!facts.database.socket.empty()) facts.database.host.clear();
    const std::string_view used = connection.empty() ? "mysql" : std::string_view(connection);
    facts.prefix = without_nothing(settings.shown({"connections", used, "prefix"}));
    const std::string zone = without_nothing(settings.shown({"connections", used, "timezone"}));
    if (!zone.empty()) facts.settings.push_back({"reset", "session_zone", toml_text(zone), "of config/database.php"});
}

void read_laravel_resets(const LaravelSettings& settings, Facts& facts) {
    if (settings.shown({"passwords", "users", "driver"}) == "cache") {
        throw config_error("this application keeps its reset tokens in a cache",
                           "set 'driver' of passwords.users in config/auth.php to 'database', and run its migrations");
    }
    const std::string table = settings.shown({"passwords", "users", "table"});
    if (!table.empty() && table != "password_reset_tokens")
        facts.settings.push_back({"reset.store", "table", toml_text(facts.prefix + table), "of config/auth.php"});
    const std::string minutes = settings.shown({"passwords", "users", "expire"});
    if (port_of(minutes) > 0 && minutes != "60")
        facts.settings.push_back({"reset", "application_lifetime", toml_text(minutes + "m"), "of config/auth.php"});
}

void read_laravel_zone(const Variables& variables, const LaravelSettings& settings, Facts& facts) {
    Literal zone = settings.value({"timezone"});
    if (zone.kind == Literal::Kind::absent) zone = variables.value("APP_TIMEZONE");
    const std::string shown = wanted_value(facts, zone, "the zone of config/app.php",
                                           "write application_zone in [reset], such as \"Europe/Berlin\"");
    if (!shown.empty()) facts.settings.push_back({"reset", "application_zone", toml_text(shown), "of the application"});
}

}  // namespace

std::optional<Facts> read_laravel(const Files& files) {
    if (!files("artisan")) return {};
    Facts facts{"Laravel", "laravel"};
    const Variables variables(files, {".env"}, facts);
    const LaravelSettings database(files, "config/database.php", variables, facts);
    const LaravelSettings auth(files, "config/auth.php", variables, facts);
    const LaravelSettings app(files, "config/app.php", variables, facts);
    if (!variables.any()) facts.unknown.emplace_back("there is no .env: write [database] yourself");
    facts.name = variables.shown("APP_NAME");
    facts.base = base_of_url(variables.shown("APP_URL"));
    read_laravel_database(variables, database, facts);
    read_laravel_resets(auth, facts);
    read_laravel_zone(variables, app, facts);
    facts.mail_from = without_nothing(variables.shown("MAIL_FROM_ADDRESS"));
    facts.mail_host = without_nothing(variables.shown("MAIL_HOST"));
    facts.mail_port = port_of(variables.shown("MAIL_PORT"));
    return facts;
}

}  // namespace pwreset
