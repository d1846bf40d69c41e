// Walks over the accounts of a table: every key once, of any type and by any collation, whatever comes and goes.
#include "db/app/selection.h"

#include <algorithm>

#include "db/app/accounts.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

using Keys = std::vector<std::string>;

UsersTable table_of_keys() {
    UsersTable names;
    names.table = "users";
    names.id = "id";
    names.email = "email";
    return names;
}

/// All keys that a walk of pages of this size comes by, in its order.
Keys walked(Accounts& accounts, int most, Walk walk = {}) {
    Keys keys;
    for (int pages = 0; pages < 100; ++pages) {
        const auto page = accounts.walk(walk, most);
        for (const auto& one : page.accounts) keys.push_back(one.account.id);
        if (page.last) return keys;
        walk.after = page.next;
    }
    return {"a walk without an end"};
}

Keys sorted(Keys keys) {
    std::sort(keys.begin(), keys.end());
    return keys;
}

struct SortedKeys {
    const char* type;
    std::vector<const char*> values;  ///< as SQL
    Keys texts;                       ///< sorted as bytes
};

}  // namespace

TEST_CASE("a walk comes by each key once, whatever its type and collation") {
    const auto one = GENERATE(values<SortedKeys>({
        {"INT", {"-3", "0", "1", "2", "10", "9", "2147483647"}, {"-3", "0", "1", "10", "2", "2147483647", "9"}},
        {"INT(8) ZEROFILL", {"1", "2", "10", "9"}, {"1", "10", "2", "9"}},
        {"BIGINT UNSIGNED",
         {"1", "9223372036854775809", "18446744073709551615", "7"},
         {"1", "18446744073709551615", "7", "9223372036854775809"}},
        {"DECIMAL(10,2)", {"1.50", "10.00", "2.25", "-1.00"}, {"-1.00", "1.50", "10.00", "2.25"}},
        {"VARCHAR(40) COLLATE utf8mb4_general_ci",
         {"'a'", "'B'", "'c'", "'10'", "'9'", "'Z'", "'é'", "'漢'", "'x y'"},
         {"10", "9", "B", "Z", "a", "c", "x y", "é", "漢"}},
        {"VARCHAR(40) COLLATE utf8mb4_bin", {"'a'", "'A'", "'b'", "'B'", "'é'", "'É'"}, {"A", "B", "a", "b", "É", "é"}},
        {"VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_german1_ci",
         {"'b'", "'ö'", "'Ü'", "'z'", "'a'"},
         {"a", "b", "z", "Ü", "ö"}},
        {"CHAR(8)", {"'ab'", "'abc'", "'B'", "'a'"}, {"B", "a", "ab", "abc"}},
        {"BINARY(16)",
         {"UNHEX('6BA7B8109DAD11D180B400C04FD430C8')", "UNHEX('00000000000000000000000000000001')",
          "UNHEX('FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')", "UNHEX('7BA7B8109DAD11D180B400C04FD430C8')"},
         {"00000000-0000-0000-0000-000000000001", "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
          "7ba7b810-9dad-11d1-80b4-00c04fd430c8", "ffffffff-ffff-ffff-ffff-ffffffffffff"}},
        {"VARBINARY(20)", {"'bob'", "'Bob'", "'bo'", "'ana'"}, {"Bob", "ana", "bo", "bob"}},
        {"ENUM('zoe','ana','Bob','mia')", {"'zoe'", "'ana'", "'Bob'", "'mia'"}, {"Bob", "ana", "mia", "zoe"}},
    }));
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE users (id " + std::string(one.type) +
                         " NOT NULL, email VARCHAR(99), UNIQUE (id))");
    for (const auto* value : one.values)
        database.session.run("INSERT INTO users VALUES (" + std::string(value) + ", 'x@example.com')");
    Accounts accounts(database.session, table_of_keys());
    INFO(one.type);
    for (const int most : {1, 2, 3, 100}) CHECK(sorted(walked(accounts, most)) == one.texts);
    const std::string last = accounts.last_key(64);
    CHECK(walked(accounts, 100).back() == last);
    CHECK(walked(accounts, 2, {.upto = last}).size() == one.texts.size());
    CHECK(accounts.count(2).number == static_cast<std::int64_t>(one.texts.size()));
}

TEST_CASE("a walk over MariaDB's UUIDs, and over those with the time in front, comes by each once") {
    Database database(Dialect::mariadb, Tables::none);
    if (!database.session.is_mariadb()) return;
    for (const auto& [type, declared] :
         {std::pair<std::string, std::string>{"UUID", ""}, {"BINARY(16)", "uuid-binary16-swapped"}}) {
        database.session.run("CREATE OR REPLACE TABLE users (id " + type + " PRIMARY KEY, email VARCHAR(99))");
        for (const char* hex : {"6ba7b8109dad11d180b400c04fd430c8", "6ba7b8119dad11d180b400c04fd430c8",
                                "01ba7b8109da411d880b400c04fd430c", "ffa7b8119dad11d180b400c04fd430c9",
                                "0190f5e67b1a7c3d8e4f0123456789ab"})
            database.session.run("INSERT INTO users VALUES (" +
                                 (type == "UUID" ? "'" + std::string(hex) + "'" : "UNHEX('" + std::string(hex) + "')") +
                                 ", 'x@example.com')");
        auto names = table_of_keys();
        names.id_type = declared;
        Accounts accounts(database.session, names);
        auto keys = sorted(walked(accounts, 2));
        CHECK(std::unique(keys.begin(), keys.end()) == keys.end());
        CHECK(keys.size() == 5);
    }
}

TEST_CASE("who comes behind the last key is not in a walk, and who goes does not stop it") {
    const auto dialect = GENERATE(Dialect::mariadb, Dialect::sqlite);
    Database database(dialect, Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    for (int id = 10; id <= 100; id += 10)
        database.session.run("INSERT INTO users VALUES (" + std::to_string(id) + ", 'x@example.com')");
    Accounts accounts(database.session, table_of_keys());
    Walk walk;
    walk.upto = accounts.last_key(64);
    CHECK(walk.upto == "100");
    Keys keys;
    for (int page_no = 0; page_no < 20; ++page_no) {
        const auto page = accounts.walk(walk, 3);
        for (const auto& one : page.accounts) keys.push_back(one.account.id);
        if (page.last) break;
        walk.after = page.next;
        // The one at the cursor goes, one before it and one at the end come, one ahead comes and one goes.
        database.session.run("DELETE FROM users WHERE id = " + page.next);
        database.session.run("INSERT INTO users VALUES (" + std::to_string(page_no + 1) + ", 'early@example.com')");
        database.session.run("INSERT INTO users VALUES (" + std::to_string(page_no + 101) + ", 'late@example.com')");
        if (page_no > 0) continue;
        database.session.run("DELETE FROM users WHERE id = 50");
        database.session.run("INSERT INTO users VALUES (55, 'x@example.com')");
    }
    CHECK(keys == Keys{"10", "20", "30", "40", "55", "60", "70", "80", "90", "100"});
}

TEST_CASE("keys that the database takes for equal are all come by, where no schema forbids them") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE users (id VARCHAR(20) COLLATE utf8mb4_general_ci, email VARCHAR(99), KEY (id))");
    database.session.run("INSERT INTO users VALUES ('bob', ''), ('BOB', ''), ('Bob', ''), ('ana', ''), ('eve', '')");
    auto names = table_of_keys();
    names.kept_unique = true;
    Accounts accounts(database.session, names);
    for (const int most : {1, 2, 3, 4})
        CHECK(sorted(walked(accounts, most)) == Keys{"BOB", "Bob", "ana", "bob", "eve"});
}

TEST_CASE("two rows with one key are one account that is told apart from nobody") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE base_users (no INTEGER PRIMARY KEY, id INTEGER, email VARCHAR(99))");
    database.session.run("INSERT INTO base_users VALUES (1, 7, 'a@example.com'), (2, 7, 'b@example.com'), (3, 8, '')");
    database.session.run("CREATE VIEW users AS SELECT id, email FROM base_users");
    Accounts accounts(database.session, table_of_keys());
    const auto page = accounts.walk({}, 10);
    REQUIRE(page.accounts.size() == 2);
    CHECK(page.accounts[0].account.unclear == "two rows of the users table have its key");
    CHECK(page.accounts[1].account.unclear.empty());
}

TEST_CASE("rows whose key is no text, or too long, are passed over and counted") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE users (id VARBINARY(100) PRIMARY KEY, email VARCHAR(99))");
    database.session.run(
        "INSERT INTO users VALUES ('a', ''), ('b', ''), (X'62FF00', ''), (X'62FF01', ''), ('', ''), "
        "(REPEAT('c', 80), ''), ('d', ''), (X'FF', ''), (X'FF01', '')");
    Accounts accounts(database.session, table_of_keys());
    for (const int most : {1, 2, 3, 100}) CHECK(walked(accounts, most) == Keys{"a", "b", "d"});
    CHECK(accounts.walk({}, 100).nameless == 6);
    CHECK(accounts.last_key(64) == "d");
}

TEST_CASE("a walk keeps to its scope, and reads columns besides") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run(
        "CREATE TABLE users (id INTEGER, tenant INTEGER, email VARCHAR(99), made DATETIME, seen "
        "TIMESTAMP NULL, PRIMARY KEY (id, tenant))");
    database.session.run(
        "INSERT INTO users VALUES (1, 1, 'a', '2026-03-01 12:00:00', NULL), (1, 2, 'b', NULL, NULL), "
        "(2, 1, 'c', NULL, '2026-03-02 00:00:00'), (3, 2, 'd', NULL, NULL)");
    auto names = table_of_keys();
    names.scope_column = "tenant";
    names.scope_value = "1";
    names.created_at = "made";
    names.last_login = "seen";
    Accounts accounts(database.session, names);
    CHECK(walked(accounts, 1) == Keys{"1", "2"});
    CHECK(accounts.last_key(64) == "2");
    CHECK(accounts.count(2).number == 2);
    const auto page = accounts.walk({.beside = {UsersColumn::created_at, UsersColumn::last_login}}, 10);
    REQUIRE(page.accounts.size() == 2);
    CHECK(page.accounts[0].beside == std::vector<std::optional<std::string>>{"2026-03-01 12:00:00", std::nullopt});
    CHECK(page.accounts[1].beside == std::vector<std::optional<std::string>>{std::nullopt, "2026-03-02 00:00:00"});
    CHECK_FALSE(page.types.at(0).timestamp);
    CHECK(page.types.at(1).timestamp);
    CHECK(page.accounts[0].account.email == "a");
}

TEST_CASE("an empty table has no last key, and its walk ends at once") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    Accounts accounts(database.session, table_of_keys());
    CHECK(accounts.last_key(64).empty());
    CHECK(walked(accounts, 10).empty());
}
