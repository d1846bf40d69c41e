#include "src/doctor/installation.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "src/config/sections.h"
#include "src/doctor/keys.h"
#include "src/doctor/operators.h"
#include "src/doctor/schema.h"
#include "src/toml/reader.h"
#include "tests/catch.h"
#include "tests/core/doctor/lines.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

ResetConfig link(const std::string& url) {
    ResetConfig reset;
    reset.link = url;
    return reset;
}

Checks operators(const std::map<std::string, std::vector<std::string>>& table) {
    FakeEnv world;
    Config config;
    config.operators = table;
    return check_operators(world.env, config);
}

Keyring ring(const std::string& id, char byte) {
    std::vector<Key> keys;
    keys.push_back({id, Secret(std::string_view(std::string(32, byte)))});
    return Keyring(std::move(keys));
}

db::Step step(int number, bool done) { return {number, "name", "", done}; }

}  // namespace

TEST_CASE("the host of a link is found") {
    CHECK(host_of_link("https://shop.example/reset/{token}") == "shop.example");
    CHECK(host_of_link("https://shop.example:8443/reset/{token}") == "shop.example");
    CHECK(host_of_link("https://shop.example?t={token}") == "shop.example");
    CHECK(host_of_link("http://[::1]:8000/{token}") == "[::1]");
    CHECK(host_of_link("nonsense").empty());
}

TEST_CASE("lifetimes are told, and a link of another domain than the sender's") {
    CHECK(shown(judge_link(link("https://www.shop.example/{token}"), "no-reply@mail.shop.example")) ==
          Lines{"ok: links to 'www.shop.example' live 1 h, codes 5 min"});
    CHECK(shown(judge_link(link("https://accounts.example/{token}"), "no-reply@shop.test")) ==
          Lines{"ok: links to 'accounts.example' live 1 h, codes 5 min",
                "ok: the mail comes from 'shop.test', its link leads to 'accounts.example': users may wonder"});
}

TEST_CASE("a link without https is a warning") {
    const auto checks = judge_link(link("http://localhost/{token}"), "a@localhost");
    REQUIRE(checks.size() == 2);
    CHECK(checks[1].level == Level::warning);
}

TEST_CASE("operators that do not exist here are a warning each") {
    CHECK(shown(operators({{"root", {"support", "maintain"}}})) ==
          Lines{"ok: everybody named in [operators] exists on this host"});
    CHECK(shown(operators({{"no-such-group", {"support"}}, {"user:no-such-user", {"web"}}})) ==
          Lines{"warning: 'no-such-group' of [operators] does not exist on this host > create it, or correct the name",
                "warning: 'user:no-such-user' of [operators] does not exist on this host > create it, or correct the "
                "name"});
}

TEST_CASE("operators of whom nobody may request are a warning") {
    CHECK(
        shown(operators({{"root", {"maintain"}}})) ==
        Lines{"warning: nobody in [operators] has 'support': no reset can be requested > give it to the group of your "
              "agents"});
}

TEST_CASE("no operators at all are a warning") {
    FakeEnv world;
    CHECK(check_operators(world.env, Config{}).front().level == Level::warning);
}

TEST_CASE("a key in both files is a problem, and is named by its id alone") {
    CHECK(judge_shared_keys({ring("a", 'x'), ring("b", 'y')}).empty());
    CHECK(shown(judge_shared_keys({ring("a", 'x'), ring("b", 'x')})) ==
          Lines{"problem: key 'b' of pwreset.key is in application.key too: the application could forge audit rows > "
                "give pwreset.key a new first key"});
}

TEST_CASE("tables are older, of this release or newer") {
    CHECK(shown(judge_schema({{step(1, true), step(2, true)}, 2, {}})) == Lines{"ok: all 2 steps are done"});
    CHECK(shown(judge_schema({{step(1, false), step(2, false)}, 0, {}})) ==
          Lines{"problem: pwreset's tables are not there, or closed to this login > run 'pwreset migrate', or give the "
                "login its grants on them"});
    CHECK(shown(judge_schema({{step(1, true), step(2, false)}, 1, {}})) ==
          Lines{"problem: 1 of 2 steps are not done: the tables are older than this program, or 'migrate' was "
                "interrupted > run 'pwreset migrate'"});
    CHECK(shown(judge_schema({{step(1, true), step(2, true)}, 3, {}})) ==
          Lines{"warning: the tables are newer (step 3) than this program (step 2) > install the newer release of "
                "pwreset here too"});
    CHECK(shown(judge_schema({{step(1, true)}, 1, {"pwreset_tokens"}})) ==
          Lines{"problem: table 'pwreset_tokens' is not transactional > ALTER TABLE `pwreset_tokens` ENGINE = InnoDB"});
    CHECK(
        shown(judge_schema({{step(1, true)}, 1, {}, {"pwreset_audit"}})) ==
        Lines{"problem: table 'pwreset_audit' is at the end of its ids: somebody wrote a row with a huge one > delete "
              "that row, then ALTER TABLE `pwreset_audit` AUTO_INCREMENT = 1"});
}

TEST_CASE("that web back ends are refused links which silence the application's own form is told") {
    Config config;
    config.operators.emplace();
    (*config.operators)["www"] = {"web"};
    Profile profile;
    CHECK(judge_silenced_form(config, profile).empty());
    profile.blocks_form = "it sends nothing for an hour";
    CHECK(judge_silenced_form(config, profile).size() == 1);
    config.web.email = PublicConfig::Mail::code;
    CHECK(judge_silenced_form(config, profile).empty());
    config.web.email = PublicConfig::Mail::link;
    (*config.operators)["www"] = {"support"};
    CHECK(judge_silenced_form(config, profile).empty());
    (*config.operators)["www"] = {"web"};
    config.text_of_file =
        std::make_shared<ConfigText>("[reset]\naccept_blocked_form = true\n", "shop.toml", known_keys());
    CHECK(judge_silenced_form(config, profile).empty());
}
