#include <algorithm>
#include <array>

#include "src/base/ascii.h"
#include "src/init/applications.h"
#include "src/init/derived_key.h"
#include "src/init/reading.h"
#include "src/literals/python_text.h"

namespace pwreset {
namespace {

/// The file of the module that manage.py names; empty where it names none.
std::string settings_file(const Files& files, std::string_view manage) {
    std::string module = shown_value(PythonText(manage).behind("DJANGO_SETTINGS_MODULE"));
    const bool is_module =
        !module.empty() && module.front() != '.' && module.find("..") == module.npos &&
        std::all_of(module.begin(), module.end(), [](char c) { return is_alphanumeric(c) || c == '_' || c == '.'; });
    if (!is_module) return {};
    std::replace(module.begin(), module.end(), '.', '/');
    return files(module + ".py") ? module + ".py" : module + "/__init__.py";
}

void read_django_database(const PythonText& settings, const std::string& file, Facts& facts) {
    const auto entry = [&](std::string_view key) {
        const std::array<std::string_view, 2> path{"default", key};
        return settings.entry("DATABASES", path);
    };
    std::string engine = shown_value(entry("ENGINE"));
    engine = engine.substr(engine.rfind('.') + 1);
    require_mysql(facts.application, engine);
    facts.database.kind = "mysql";
    facts.database.name =
        wanted_value(facts, entry("NAME"), "NAME of DATABASES in " + file, "write name in [database]");
    if (entry("HOST").kind != Literal::Kind::absent && !shown_value(entry("HOST")).empty())
        facts.database.host = shown_value(entry("HOST"));
    if (entry("HOST").is_computed())
        facts.unknown.push_back("HOST of DATABASES in " + file +
                                " is not written out there: write host or socket in [database]");
    if (facts.database.host.starts_with('/')) facts.database.socket = std::exchange(facts.database.host, "");
    facts.database.port = port_of(shown_value(entry("PORT")));
}

void read_django_secret(const PythonText& settings, const std::string& file, Facts& facts) {
    const Literal secret = settings.assigned("SECRET_KEY");
    if (secret.is_written() && !secret.text.empty()) {
        facts.secrets.push_back({"django", "django.key", "hex", django_key(secret.text.reveal())});
    } else {
        facts.wanted.push_back(
            {"django", "django.key", "hex", "SECRET_KEY", "it stands where " + file + " takes it from", django_key});
    }
}

void read_django_zone(const PythonText& settings, const std::string& file, Facts& facts) {
    const Literal zone = settings.assigned("TIME_ZONE");
    std::string shown = shown_value(zone);
    if (zone.kind == Literal::Kind::absent) shown = "America/Chicago";  // Django's own
    if (shown.empty()) {
        facts.unknown.push_back("TIME_ZONE of " + file +
                                " is not written out there: write application_zone in [reset]");
    } else {
        facts.settings.push_back({"reset", "application_zone", toml_text(shown), "TIME_ZONE"});
    }
    const Literal aware = settings.assigned("USE_TZ");
    if (aware.kind != Literal::Kind::absent && shown_value(aware) != "true")
        facts.unknown.push_back("USE_TZ of " + file +
                                " is not True: times of the users table may be local, see 'profile check'");
}

void read_django_users(const PythonText& settings, const std::string& file, Facts& facts) {
    const Literal model = settings.assigned("AUTH_USER_MODEL");
    if (model.kind == Literal::Kind::absent) return;
    std::string table = ascii_lower(shown_value(model));
    std::replace(table.begin(), table.end(), '.', '_');
    if (!table.empty())
        facts.settings.push_back({"users", "table", toml_text(table), "AUTH_USER_MODEL, as Django names it"});
    facts.unknown.push_back("the table of AUTH_USER_MODEL in " + file +
                            " may have another name: compare table and the columns of [users]");
}

}  // namespace

std::optional<Facts> read_django(const Files& files) {
    Facts facts{"Django", "django"};
    const auto manage = noted(files, "manage.py", facts);
    if (!manage) return {};
    const std::string file = settings_file(files, manage->reveal());
    const auto text = file.empty() ? std::nullopt : noted(files, file, facts);
    if (!text) {
        facts.unknown.emplace_back("the module of settings is not where manage.py says: write [database] yourself");
        facts.wanted.push_back({"django", "django.key", "hex", "SECRET_KEY", "it stands in the settings", django_key});
        return facts;
    }
    const PythonText settings(text->reveal());
    if (settings.mentions("allauth.account")) {
        facts.application = "Django with allauth";
        facts.profile = "django-allauth";
    }
    read_django_database(settings, file, facts);
    read_django_secret(settings, file, facts);
    read_django_zone(settings, file, facts);
    read_django_users(settings, file, facts);
    const std::string seconds = shown_value(settings.assigned("PASSWORD_RESET_TIMEOUT"));
    if (!seconds.empty() && seconds.size() < 9 && std::all_of(seconds.begin(), seconds.end(), is_digit))
        facts.settings.push_back({"reset", "application_lifetime", toml_text(seconds + "s"), "PASSWORD_RESET_TIMEOUT"});
    facts.mail_from = shown_value(settings.assigned("DEFAULT_FROM_EMAIL"));
    facts.mail_host = shown_value(settings.assigned("EMAIL_HOST"));
    facts.mail_port = port_of(shown_value(settings.assigned("EMAIL_PORT")));
    return facts;
}

}  // namespace pwreset
