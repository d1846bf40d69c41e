#include "db/inventory.h"

#include <algorithm>

#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

const std::string& schema() { return TestDatabase::get().name; }

std::vector<std::string> shown(const std::vector<IndexFacts>& indexes) {
    std::vector<std::string> out;
    for (const auto& index : indexes) {
        std::string columns;
        for (const auto& column : index.columns) columns += (columns.empty() ? "" : "+") + column;
        out.push_back(columns + (index.unique ? " unique" : ""));
    }
    std::sort(out.begin(), out.end());
    return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("the server tells its version and the session's settings") {
    Database database(Dialect::mariadb, Tables::none);
    const auto facts = server_facts(database.session);
    CHECK_FALSE(facts.version.empty());
    CHECK_FALSE(facts.connection.empty());
    CHECK(facts.time_zone == "+00:00");
    CHECK(facts.isolation == "READ-COMMITTED");
    CHECK(facts.sql_mode.find("STRICT_ALL_TABLES") != std::string::npos);
    CHECK_FALSE(facts.read_only);
}

TEST_CASE("a read-only server is seen as one") {
    Database database(Dialect::mariadb, Tables::none);
    TestDatabase::get().run("SET GLOBAL read_only = 1");
    const auto facts = server_facts(database.session);
    TestDatabase::get().run("SET GLOBAL read_only = 0");
    CHECK(facts.read_only);
}

TEST_CASE("the login is the account that matched, with its grants") {
    Database database(Dialect::mariadb, Tables::none);
    const auto facts = login_facts(database.session);
    CHECK(facts.login.find('@') != std::string::npos);
    REQUIRE_FALSE(facts.grants.empty());
    CHECK(std::any_of(facts.grants.begin(), facts.grants.end(),
                      [](const std::string& line) { return line.starts_with("GRANT "); }));
}

TEST_CASE("tables, columns and indexes are described") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run(
        "CREATE TABLE people (id BIGINT PRIMARY KEY, mail VARCHAR(190) COLLATE utf8mb4_bin, login VARCHAR(20) "
        "CHARACTER SET latin1, a INT, b INT, note TEXT, UNIQUE (mail), KEY (login), UNIQUE (a, b), "
        "FULLTEXT (note)) ENGINE = InnoDB");
    session.run("CREATE VIEW someone AS SELECT id FROM people");
    CHECK(table_facts(session, schema(), "people")->engine == "InnoDB");
    CHECK(table_facts(session, schema(), "someone")->view);
    CHECK_FALSE(table_facts(session, schema(), "nobody"));
    CHECK_FALSE(table_facts(session, "elsewhere", "people"));
    auto names = table_names(session, schema());
    std::sort(names.begin(), names.end());
    CHECK(names == Words{"people", "someone"});
    const auto found = columns(session, schema(), "people");
    REQUIRE(found.size() == 6);
    CHECK(found[0].name == "id");
    CHECK(found[0].type == "bigint");
    CHECK(found[1].collation == "utf8mb4_bin");
    CHECK(found[1].bytes == 760);
    CHECK(found[2].charset == "latin1");
    CHECK(shown(indexes(session, schema(), "people")) == Words{"a+b unique", "id unique", "login", "mail unique"});
}

TEST_CASE("SQLite's tables are described as well") {
    Database database(Dialect::sqlite, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE people (id INTEGER PRIMARY KEY, mail VARCHAR(190) UNIQUE, login TEXT, a INT, b INT)");
    session.run("CREATE INDEX people_login ON people (login)");
    session.run("CREATE UNIQUE INDEX people_both ON people (a, b)");
    CHECK(table_facts(session, "", "people"));
    CHECK_FALSE(table_facts(session, "", "nobody"));
    CHECK(table_names(session, "") == Words{"people"});
    CHECK(columns(session, "", "people")[1].type == "varchar");
    CHECK(shown(indexes(session, "", "people")) == Words{"a+b unique", "id unique", "login", "mail unique"});
    CHECK_FALSE(server_facts(session).version.empty());
}
