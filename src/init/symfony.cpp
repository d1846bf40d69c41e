#include "src/base/error.h"
#include "src/init/applications.h"
#include "src/init/reading.h"
#include "src/net/json_answer.h"

namespace pwreset {
namespace {

constexpr const char* bundle = "symfonycasts/reset-password-bundle";

/// "symfony/framework-bundle" as a step of a JSON pointer.
std::string required(const JsonAnswer& composer, std::string package) {
    package.replace(package.find('/'), 1, "~1");
    return composer.word("/require/" + package).value_or("");
}

void read_symfony_database(const Variables& variables, Facts& facts) {
    const Literal url = variables.value("DATABASE_URL");
    const auto place = place_of_url(url.plain());
    if (!place) {
        facts.unknown.push_back(variables.told("DATABASE_URL") +
                                (url.is_written() ? " is no URL" : " is not written out there") +
                                ": write [database] yourself");
        return;
    }
    require_mysql(facts.application, place->kind);
    facts.database = *place;
}

void read_symfony_secret(const Variables& variables, Facts& facts) {
    Literal secret = variables.value("APP_SECRET");
    if (secret.is_written() && !secret.text.empty()) {
        facts.secrets.push_back({"kernel", "symfony.secret", "raw", std::move(secret.text)});
    } else {
        facts.wanted.push_back({"kernel", "symfony.secret", "raw", "APP_SECRET",
                                "'bin/console debug:container --parameter=kernel.secret' shows it"});
    }
}

}  // namespace

std::optional<Facts> read_symfony(const Files& files) {
    const auto text = files("composer.json");
    if (!text) return {};
    const JsonAnswer composer(text->reveal());
    if (required(composer, "symfony/framework-bundle").empty() && !files("symfony.lock")) return {};
    Facts facts{"Symfony", "symfony"};
    facts.read.emplace_back("composer.json");
    const Variables variables(files, {".env", ".env.local", ".env.prod", ".env.prod.local"}, facts);
    if (required(composer, bundle).empty())
        facts.unknown.push_back(std::string("composer.json does not name ") + bundle +
                                ": with another way of resetting, the profile is not 'symfony'");
    if (files(".env.local.php"))
        facts.unknown.emplace_back(
            ".env.local.php is a program, and counts before the other files: compare what it says");
    read_symfony_database(variables, facts);
    read_symfony_secret(variables, facts);
    facts.base = base_of_url(variables.shown("DEFAULT_URI"));
    read_relay_url(variables.shown("MAILER_DSN"), facts);
    facts.settings.push_back({"reset", "application_zone", "\"UTC\"", "date.timezone of php.ini"});
    facts.unknown.emplace_back(
        "PHP's zone is not in these files: compare application_zone in [reset] with date.timezone of php.ini");
    return facts;
}

}  // namespace pwreset
