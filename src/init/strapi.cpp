#include "src/init/applications.h"
#include "src/init/reading.h"
#include "src/net/json_answer.h"

namespace pwreset {

std::optional<Facts> read_strapi(const Files& files) {
    const auto text = files("package.json");
    if (!text) return {};
    const JsonAnswer package(text->reveal());
    if (!package.word("/dependencies/@strapi~1strapi")) return {};
    Facts facts{"Strapi", "strapi"};
    facts.read.emplace_back("package.json");
    const Variables variables(files, {".env"}, facts);
    require_mysql(facts.application, variables.shown("DATABASE_CLIENT"));
    const auto url = place_of_url(variables.value("DATABASE_URL").plain());
    if (url) {
        require_mysql(facts.application, url->kind);
        facts.database = *url;
    } else {
        facts.database.kind = "mysql";
        facts.database.host = variables.shown("DATABASE_HOST");
        facts.database.port = port_of(variables.shown("DATABASE_PORT"));
        facts.database.name = wanted_value(facts, variables.value("DATABASE_NAME"), variables.told("DATABASE_NAME"),
                                           "write name in [database], as config/database.js has it");
    }
    facts.base = base_of_url(variables.shown("PUBLIC_URL"));
    facts.unknown.emplace_back(
        "where the page is that takes a code is a setting in Strapi's own database: write link in [reset] as it is "
        "there");
    facts.unknown.emplace_back("for the accounts of Strapi's administration: --profile strapi-admin");
    return facts;
}

}  // namespace pwreset
