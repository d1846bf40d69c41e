#include "src/init/preset_layout.h"

#include "src/base/ascii.h"
#include "src/config/load.h"
#include "src/init/configuration.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

/// A schema that has just what a preset is known by.
Schema schema_of(const Signature& signature) {
    Schema schema;
    for (const auto& mark : signature.columns) {
        const std::string lower = ascii_lower(mark);
        schema[lower.substr(0, lower.find('.'))].insert(lower.substr(lower.find('.') + 1));
    }
    return schema;
}

/// The configuration of a site whose names of tables begin so.
Config config_with(const std::string& preset, const std::string& prefix) {
    Facts facts{preset, preset};
    facts.database = {"mysql", "db", 0, "", "site"};
    facts.mail_from = "no-reply@site.example";
    facts.mail_host = "mail";
    if (!preset_has(preset, "users", "protected")) facts.settings.push_back({"users", "protected", "[]"});
    for (auto& setting : settings_of_prefix(preset, prefix)) facts.settings.push_back(setting);
    const FirstConfiguration first{
        "/etc/pwreset/site.toml", "site", "https://site.example", "own", "user", "", "tables"};
    return parse_config(configuration_text(first, facts), first.file, false);
}

}  // namespace

TEST_CASE("every preset is found by its own marks, before all others") {
    const auto signatures = preset_signatures();
    for (const auto& signature : signatures) {
        CAPTURE(signature.preset);
        const auto found = detect(schema_of(signature), signatures);
        REQUIRE_FALSE(found.empty());
        CHECK(found.front().preset == signature.preset);
    }
}

TEST_CASE("names of tables are written anew for a site that begins them otherwise") {
    for (const auto* preset : {"wordpress", "joomla", "phpbb", "moodle", "laravel"}) {
        CAPTURE(preset);
        const auto settings = settings_of_prefix(preset, "site7_");
        CHECK(settings.size() > 1);
        for (const auto& setting : settings) {
            CHECK(setting.value.find("site7_") != std::string::npos);
            for (const auto* prefix : {"\"wp_", "\"jos_", "\"phpbb_", "\"mdl_"})
                CHECK(setting.value.find(prefix) == std::string::npos);
        }
        CHECK(config_with(preset, "site7_").users.table.starts_with("site7_"));
    }
    CHECK(settings_of_prefix("wordpress", "wp_").empty());
    CHECK(settings_of_prefix("ghost", "x_").empty());
}

TEST_CASE("a preset says which secrets it reads from files") {
    CHECK(secrets_of_preset("laravel").empty());
    const auto secrets = secrets_of_preset("symfony");
    REQUIRE(secrets.size() == 1);
    CHECK(secrets.front().name == "kernel");
    CHECK(secrets.front().suffix == "symfony.secret");
    CHECK(secrets.front().decode == "raw");
}
