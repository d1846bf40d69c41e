#include "db/app/collisions.h"

#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

TEST_CASE("identities that differ in their writing alone are counted by the server") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), phone VARCHAR(40))");
    session.run(
        "INSERT INTO users VALUES (1, 'ana@example.com', '0912 123 4567'), (2, 'Ana@example.com', "
        "'+98-912-1234567'), (3, 'josé@example.com', '۰۹۱۲۱۲۳۴۵۶۷'), (4, 'jose@example.com', NULL), (5, "
        "'ｂob@example.com', '0911'), (6, 'bob@example.com', ''), (7, 'eve@example.com', '')");
    UsersTable names;
    names.table = "users";
    names.id = "id";
    names.email = "email";
    names.phone = "phone";
    Accounts accounts(session, names);
    const auto by_case = collisions(session, accounts, UsersColumn::email, SameTo::case_folding);
    REQUIRE(by_case);
    CHECK(by_case->identities == 1);
    CHECK(by_case->accounts == 2);
    REQUIRE(by_case->samples.size() == 1);
    CHECK(by_case->samples[0].value == "Ana@example.com");
    CHECK(by_case->samples[0].first == "1");
    CHECK(by_case->samples[0].last == "2");
    const auto by_unicode = collisions(session, accounts, UsersColumn::email, SameTo::unicode);
    if (session.is_sqlite()) {
        CHECK_FALSE(by_unicode);
        CHECK_FALSE(similar_numbers(session, accounts));
        return;
    }
    if (!unicode_collation(session).empty()) {
        REQUIRE(by_unicode);
        CHECK(by_unicode->identities == 2);  // ana, and bob in wide letters; josé is not jose
    }
    const auto similar = similar_numbers(session, accounts);
    REQUIRE(similar);
    CHECK(similar->size() == 3);
}
