#include "src/doctor/rights.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;

namespace {

const std::string users_only = "GRANT SELECT (`id`, `email`, `password`) ON `shop`.`users` TO `p`@`localhost`";

Config config(const std::string& schema = {}) {
    Config made;
    made.database.name = "shop";
    made.database.schema = schema;
    return made;
}

Lines judged_rights(const std::vector<std::string>& grants, const Config& made = config(), bool own_tables = false) {
    return shown(judge_rights({"p@localhost", grants}, rights_needed(made, own_tables)));
}

std::string excess(const std::string& grant, const Config& made = config()) {
    const auto lines = judged_rights({users_only, grant}, made);
    REQUIRE(lines.size() == 1);
    return lines.front();
}

const std::string nothing_wrong = "ok: login 'p@localhost' has the rights it needs, and no others";
const std::string more = "warning: login 'p@localhost' may do more than it needs: ";

/// The rights on each of pwreset's own tables, as the package would grant them.
std::vector<std::string> least_grants(const std::string& schema) {
    std::vector<std::string> grants{users_only};
    for (const auto& table : own_table_rights())
        grants.push_back("GRANT " + listed(table.rights) + " ON `" + schema + "`.`" + table.table +
                         "` TO `p`@`localhost`");
    return grants;
}

}  // namespace

TEST_CASE("the least rights are enough, and no more than that") {
    CHECK(judged_rights(least_grants("shop"), config(), true) == Lines{nothing_wrong});
    CHECK(judged_rights(least_grants("pwreset"), config("pwreset"), true) == Lines{nothing_wrong});
}

TEST_CASE("a schema of pwreset's own may be opened as a whole, the application's may not") {
    const std::string all_rows = "GRANT SELECT, INSERT, UPDATE, DELETE ON `pwreset`.* TO `p`@`localhost`";
    CHECK(judged_rights({users_only, all_rows}, config("pwreset"), true) == Lines{nothing_wrong});
    CHECK(excess("GRANT SELECT ON `shop`.* TO `p`@`localhost`") ==
          more +
              "SELECT on `shop`.* > after the grants of packaging/grants: REVOKE SELECT ON `shop`.* FROM "
              "`p`@`localhost`");
    CHECK(excess("GRANT SELECT ON `%`.* TO `p`@`localhost`", config("pwreset")) ==
          more + "SELECT on `%`.* > after the grants of packaging/grants: REVOKE SELECT ON `%`.* FROM `p`@`localhost`");
}

TEST_CASE("rights on the server are too many") {
    CHECK(excess("GRANT SUPER, FILE, PROCESS, CREATE USER ON *.* TO `p`@`localhost`") ==
          more +
              "SUPER, FILE, PROCESS, CREATE USER on *.* > REVOKE SUPER, FILE, PROCESS, CREATE USER ON *.* FROM "
              "`p`@`localhost`");
    CHECK(excess("GRANT ALL PRIVILEGES ON *.* TO `p`@`localhost` WITH GRANT OPTION") ==
          more +
              "ALL PRIVILEGES, GRANT OPTION on *.* > after the grants of packaging/grants: REVOKE ALL PRIVILEGES ON "
              "*.* FROM `p`@`localhost`; REVOKE GRANT OPTION ON *.* FROM `p`@`localhost`");
    CHECK(judged_rights({users_only, "GRANT USAGE ON *.* TO `p`@`localhost`"}) == Lines{nothing_wrong});
}

TEST_CASE("to change tables is for migrate, to write users for the application") {
    CHECK(excess("GRANT CREATE, ALTER, DROP ON `shop`.* TO `p`@`localhost`") ==
          more + "CREATE, ALTER, DROP on `shop`.* > REVOKE CREATE, ALTER, DROP ON `shop`.* FROM `p`@`localhost`");
    CHECK(excess("GRANT SELECT, UPDATE (`password`) ON `shop`.`users` TO `p`@`localhost`") ==
          more +
              "UPDATE (`password`) on `shop`.`users` > REVOKE UPDATE (`password`) ON `shop`.`users` FROM "
              "`p`@`localhost`");
    CHECK(excess("GRANT SELECT ON `shop`.`orders` TO `p`@`localhost`") ==
          more + "SELECT on `shop`.`orders` > REVOKE SELECT ON `shop`.`orders` FROM `p`@`localhost`");
    CHECK(excess("GRANT DROP ON `shop`.`pwreset_tokens` TO `p`@`localhost`") ==
          more + "DROP on `shop`.`pwreset_tokens` > REVOKE DROP ON `shop`.`pwreset_tokens` FROM `p`@`localhost`");
}

TEST_CASE("routines, proxies and passing on are too many") {
    CHECK(excess("GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `p`@`localhost`") ==
          more + "EXECUTE on PROCEDURE `shop`.`p` > REVOKE EXECUTE ON PROCEDURE `shop`.`p` FROM `p`@`localhost`");
    CHECK(excess("GRANT PROXY ON `root`@`%` TO `p`@`localhost` WITH GRANT OPTION") ==
          more + "PROXY, GRANT OPTION on `root`@`%` > REVOKE PROXY ON `root`@`%` FROM `p`@`localhost`");
    CHECK(excess("GRANT SELECT ON `shop`.`users` TO `p`@`localhost` WITH GRANT OPTION") ==
          more + "GRANT OPTION on `shop`.`users` > REVOKE GRANT OPTION ON `shop`.`users` FROM `p`@`localhost`");
}

TEST_CASE("missing rights are a problem, with the statement that gives them") {
    CHECK(judged_rights({"GRANT USAGE ON *.* TO `p`@`localhost`"}) ==
          Lines{"problem: login 'p@localhost' lacks SELECT (`id`, `email`, `password`) on `shop`.`users` > GRANT "
                "SELECT (`id`, `email`, `password`) ON `shop`.`users` TO `p`@`localhost`"});
    CHECK(judged_rights({"GRANT SELECT (`ID`, `email`) ON `shop`.`users` TO `p`@`localhost`"}) ==
          Lines{"problem: login 'p@localhost' lacks SELECT (`password`) on `shop`.`users` > GRANT SELECT (`password`) "
                "ON `shop`.`users` TO `p`@`localhost`"});
    auto grants = least_grants("shop");
    std::erase_if(grants, [](const std::string& grant) { return grant.find("pwreset_audit") != grant.npos; });
    grants.emplace_back("GRANT SELECT, UPDATE (`seq`), DELETE ON `shop`.`pwreset_audit` TO `p`@`localhost`");
    CHECK(judged_rights(grants, config(), true) ==
          Lines{"problem: login 'p@localhost' lacks INSERT on `shop`.`pwreset_audit` > GRANT INSERT ON "
                "`shop`.`pwreset_audit` TO `p`@`localhost`"});
}

TEST_CASE("a login for some commands only is a warning, because it may be meant so") {
    auto grants = least_grants("shop");
    std::erase_if(grants, [](const std::string& grant) { return grant.find("pwreset_limits") != grant.npos; });
    grants.emplace_back("GRANT SELECT, INSERT, UPDATE (`hits`) ON `shop`.`pwreset_limits` TO `p`@`localhost`");
    CHECK(judged_rights(grants, config(), true) ==
          Lines{"warning: login 'p@localhost' is not for all commands: it lacks DELETE on pwreset_limits > leave it "
                "where each role has a login of its own (packaging/grants); else GRANT DELETE ON "
                "`shop`.`pwreset_limits` TO `p`@`localhost`"});
}

TEST_CASE("what a role may give is not called missing") {
    const auto lines = judged_rights({"GRANT `r`@`%` TO `p`@`localhost`"});
    REQUIRE(lines.size() == 1);
    CHECK(
        lines.front().starts_with("warning: login 'p@localhost' has SELECT (`id`, `email`, `password`) on "
                                  "`shop`.`users` by a role at best"));
}

TEST_CASE("no line of the judgement repeats a password's hash") {
    const std::string hash = "*B69027D44F6E5EDC07F1AEAD1477967B16F28227";
    for (const std::string start :
         {"GRANT ALL PRIVILEGES ON *.* TO `p`@`localhost`", "GRANT SELECT ON `shop`.`users` TO `p`@`localhost`",
          "GRANT ??? ON *.* TO `p`@`localhost`", "GRANT SELECT ON *.* TO `p"}) {
        for (const auto& line : judged_rights({start + " IDENTIFIED BY PASSWORD '" + hash + "'"}))
            CHECK(line.find(hash.substr(0, 8)) == line.npos);
    }
}

TEST_CASE("a grant that is not understood is said to be so, and not shown") {
    CHECK(judged_rights({users_only, "GRANT SOMETHING NEW FOR `x`"}) ==
          Lines{"warning: a grant of login 'p@localhost' is written in an unknown way > look at SHOW GRANTS yourself"});
}

TEST_CASE("every right that a statement in db uses on our tables is asked for") {
    const std::pair<std::string, std::string> verbs[] = {{"INSERT INTO ", "INSERT"},
                                                         {"UPDATE ", "UPDATE"},
                                                         {"DELETE FROM ", "DELETE"},
                                                         {" FROM ", "SELECT"},
                                                         {"JOIN ", "SELECT"}};
    std::vector<std::pair<std::string, std::string>> used;
    for (const auto& file : std::filesystem::directory_iterator(PWRESET_SOURCE_DIR "/db/own")) {
        if (file.path().extension() != ".cpp" || file.path().filename() == "migrate.cpp") continue;
        std::ifstream stream(file.path());
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        for (const auto& [verb, right] : verbs) {
            const std::string sought = verb + "pwreset_";
            for (auto at = text.find(sought); at != text.npos; at = text.find(sought, at + 1)) {
                // "DELETE FROM" is met as a reader too, rightly: its WHERE reads.
                const auto name = at + verb.size();
                const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", name);
                used.emplace_back(text.substr(name, end - name), right);
            }
        }
    }
    REQUIRE(used.size() > 20);
    for (const auto& [table, right] : used) {
        const auto& all = own_table_rights();
        const auto known = std::any_of(all.begin(), all.end(), [&, name = table, wanted = right](const auto& one) {
            return one.table == name && std::find(one.rights.begin(), one.rights.end(), wanted) != one.rights.end();
        });
        INFO(right << " on " << table);
        CHECK(known);
    }
}

TEST_CASE("the users table is written by temporary passwords only, and only where they are stored") {
    const std::string update = "GRANT UPDATE (`password`) ON `shop`.`users` TO `p`@`localhost`";
    CHECK(excess(update) ==
          more +
              "UPDATE (`password`) on `shop`.`users` > REVOKE UPDATE (`password`) ON `shop`.`users` FROM "
              "`p`@`localhost`");
    auto made = config();
    made.temporary_password.enabled = true;
    CHECK(judged_rights({users_only, update}, made) == Lines{nothing_wrong});
    CHECK(excess("GRANT UPDATE ON `shop`.`users` TO `p`@`localhost`", made) ==
          more + "UPDATE on `shop`.`users` > REVOKE UPDATE ON `shop`.`users` FROM `p`@`localhost`");
    CHECK(judged_rights({users_only, update, "GRANT UPDATE (`email`) ON `shop`.`users` TO `p`@`localhost`"}, made)
              .size() == 1);
    CHECK(
        judged_rights({users_only}, made) ==
        Lines{"warning: login 'p@localhost' is not for all commands: it lacks UPDATE (`password`) on users > leave it "
              "where each role has a login of its own (packaging/grants); else GRANT UPDATE (`password`) ON "
              "`shop`.`users` TO `p`@`localhost`"});
}

TEST_CASE("what goes with a temporary password is asked for") {
    auto made = config();
    made.temporary_password.enabled = true;
    made.temporary_password.must_change = "must_change";
    made.temporary_password.clear = {"remember_token"};
    made.temporary_password.sessions = {{"sessions", "web.sessions", "user_id"}};
    CHECK(judged_rights({users_only,
                         "GRANT SELECT (`must_change`), UPDATE (`password`, `must_change`, `remember_token`) ON "
                         "`shop`.`users` TO `p`@`localhost`",
                         "GRANT SELECT (`user_id`), DELETE ON `web`.`sessions` TO `p`@`localhost`"},
                        made) == Lines{nothing_wrong});
    CHECK(
        judged_rights({users_only}, made)
            .front()
            .find(
                "lacks UPDATE (`password`, `must_change`, `remember_token`) on users, SELECT (`must_change`) on users, "
                "SELECT (`user_id`) on sessions, DELETE on sessions") != std::string::npos);
}
