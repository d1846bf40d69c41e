// Every preset, named by nobody here: a new one is tried with the others.
#include "src/apps/preset.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/config/profile.h"
#include "src/doctor/role_rights.h"
#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("every preset loads as a configuration that says the least") {
    for (const auto name : preset_names()) {
        INFO(name);
        const Preset preset = preset_by_name(std::string(name));
        const auto& [config, profile] = preset;
        CHECK(profile.name == name);
        CHECK(config.users.profile == name);
        CHECK_FALSE(profile.release.empty());
        CHECK((profile.proved == "real code" || profile.proved == "vectors"));
        const bool sends = profile.has_links() || profile.store.of_codes || profile.native() ||
                           !config.temporary_password.side.hash.empty();
        CHECK(sends);
        CHECK(profile.has_links() != config.reset.link.empty());
    }
}

TEST_CASE("every preset has rights for each role, none of which writes who somebody is") {
    for (const auto name : preset_names()) {
        INFO(name);
        const Preset preset = preset_by_name(std::string(name));
        for (auto role : roles_with_logins()) {
            INFO(role);
            const auto needed = rights_of_role(preset.config, preset.profile, role);
            const bool reads = std::any_of(needed.tables.begin(), needed.tables.end(), [&](const auto& table) {
                return table.schema == needed.application_schema && !table.table.starts_with("pwreset_");
            });
            CHECK(reads == (role != "web" && role != "migrate" && role != "native"));
            for (const auto& table : needed.tables) {
                const bool writes = std::find(table.rights.begin(), table.rights.end(), "UPDATE") != table.rights.end();
                const bool whole = writes && table.columns.empty() && !table.table.starts_with("pwreset_");
                CHECK_FALSE(whole);
                if (role == "list" && !table.table.starts_with("pwreset_"))
                    CHECK(table.rights == std::vector<std::string>{"SELECT"});
            }
        }
    }
    CHECK_THROWS_AS(preset_by_name("laravell"), Error);
}
