#include "db/app/accounts.h"

#include <algorithm>

#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

UsersTable plain() {
    UsersTable names;
    names.table = "users";
    names.id = "id";
    names.email = "email";
    return names;
}

std::vector<std::string> ids(std::vector<AccountRow> accounts) {
    std::vector<std::string> out;
    for (const auto& account : accounts) out.push_back(account.id);
    std::sort(out.begin(), out.end());
    return out;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("names that are SQL's own words, or hold anything, are read as names") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(
        "CREATE TABLE `table` (`key` INTEGER PRIMARY KEY, `from` VARCHAR(99), `order` VARCHAR(99), "
        "`where` VARCHAR(99), `group` VARCHAR(99), `select` VARCHAR(99), `Is Active` INTEGER)");
    database.session.run(
        "INSERT INTO `table` VALUES (42, 'ana@example.com', 'ana', '+491701234567', 'fa', '$2y$x', 1)");
    UsersTable names;
    names.table = "table";
    names.id = "key";
    names.email = "from";
    names.login = "order";
    names.phone = "where";
    names.locale = "group";
    names.password = "select";
    names.active = "Is Active";
    Accounts accounts(database.session, names);
    for (const auto& [key, text] : {std::pair{AccountKey::login, "ana"},
                                    {AccountKey::email, "ana@example.com"},
                                    {AccountKey::phone, "+491701234567"},
                                    {AccountKey::id, "42"}}) {
        const auto found = accounts.candidates(key, {text});
        REQUIRE(found.size() == 1);
        CHECK(found[0].id == "42");
        CHECK(found[0].email == "ana@example.com");
        CHECK(found[0].login == "ana");
        CHECK(found[0].phone == "+491701234567");
        CHECK(found[0].locale == "fa");
        CHECK(found[0].password == "$2y$x");
        CHECK(found[0].enabled);
        CHECK(found[0].roles.empty());
        CHECK(accounts.has(key));
    }
}

TEST_CASE("a column that is not named is not read") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id VARCHAR(36) PRIMARY KEY, email VARCHAR(99))");
    database.session.run("INSERT INTO users VALUES ('a-1', NULL)");
    Accounts accounts(database.session, plain());
    CHECK_FALSE(accounts.has(AccountKey::login));
    CHECK_FALSE(accounts.has(AccountKey::phone));
    const auto found = accounts.by_ids({"a-1"});
    REQUIRE(found.size() == 1);
    CHECK(found[0].email.empty());
    CHECK(found[0].locale.empty());
    CHECK_FALSE(found[0].password);
    CHECK(found[0].enabled);
}

TEST_CASE("an account without a password is told from one with an empty one") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), pass VARCHAR(99))");
    database.session.run("INSERT INTO users VALUES (1, 'a', NULL), (2, 'b', '')");
    auto names = plain();
    names.password = "pass";
    Accounts accounts(database.session, names);
    CHECK_FALSE(accounts.by_ids({"1"}).at(0).password);
    CHECK(accounts.by_ids({"2"}).at(0).password == "");
}

TEST_CASE("a flag is off when it holds 0, nothing, NULL or a word for no") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), flag VARCHAR(30))");
    database.session.run(
        "INSERT INTO users VALUES (1, 'a', '0'), (2, 'b', ''), (3, 'c', NULL), (4, 'd', 'false'), "
        "(5, 'e', '1'), (6, 'f', 'true'), (7, 'g', '2026-03-01 00:00:00'), (8, 'h', '1.0'), "
        "(-1, 'i', '0.00'), (-2, 'j', 'No '), (-3, 'k', 'OFF')");
    const bool means_active = GENERATE(true, false);
    auto names = plain();
    (means_active ? names.active : names.disabled) = "flag";
    Accounts accounts(database.session, names);
    const auto found = accounts.by_ids({"1", "2", "3", "4", "5", "6", "7", "8", "-1", "-2", "-3"});
    REQUIRE(found.size() == 11);
    for (const auto& account : found) {
        INFO(account.id);
        CHECK(account.enabled == ((account.id >= "5") == means_active));
    }
}

TEST_CASE("a flag of a database's own boolean type is read") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), active BOOLEAN, "
        "deleted_at DATETIME NULL, locked BIT(1))");
    database.session.run(
        "INSERT INTO users VALUES (1, 'a', TRUE, NULL, 0), (2, 'b', FALSE, NULL, 1), (3, 'c', TRUE, NOW(), 0)");
    auto names = plain();
    names.active = "active";
    names.disabled = "deleted_at";
    Accounts accounts(database.session, names);
    CHECK(accounts.by_ids({"1"}).at(0).enabled);
    CHECK_FALSE(accounts.by_ids({"2"}).at(0).enabled);
    CHECK_FALSE(accounts.by_ids({"3"}).at(0).enabled);
    names.active.clear();
    names.disabled = "locked";
    Accounts with_bit(database.session, names);
    CHECK(with_bit.by_ids({"1"}).at(0).enabled);
    CHECK_FALSE(with_bit.by_ids({"2"}).at(0).enabled);
}

TEST_CASE("a role is a column of the users table") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), `rank` VARCHAR(30))");
    database.session.run("INSERT INTO users VALUES (1, 'a', 'admin'), (2, 'b', NULL)");
    auto names = plain();
    names.roles = {{.column = "rank"}};
    Accounts accounts(database.session, names);
    CHECK(stored_roles(accounts.by_ids({"1"}).at(0)) == Ids{"admin"});
    CHECK(accounts.by_ids({"2"}).at(0).roles.empty());
}

TEST_CASE("roles are the rows of another table") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    database.session.run("CREATE TABLE `groups` (`user` INTEGER, `group` VARCHAR(30))");
    database.session.run("INSERT INTO users VALUES (1, 'a'), (2, 'b')");
    database.session.run("INSERT INTO `groups` VALUES (1, 'staff'), (1, 'admin'), (3, 'nobody')");
    auto names = plain();
    names.roles = {{.column = "group", .in = {"groups", "user", {}}}};
    Accounts accounts(database.session, names);
    CHECK(stored_roles(accounts.by_ids({"1"}).at(0)) == Ids{"admin", "staff"});
    CHECK(accounts.by_ids({"2"}).at(0).roles.empty());
    auto found = accounts.candidates(AccountKey::email, {"a"});
    REQUIRE(found.size() == 1);
    CHECK(found[0].roles.empty());
    accounts.complete(found);
    CHECK(found[0].roles.size() == 2);
}

TEST_CASE("the roles of a page of accounts cost one query") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    session.run("CREATE TABLE `groups` (`user` INTEGER, `group` VARCHAR(30))");
    for (int id = 1; id <= 50; ++id) {
        const std::string text = std::to_string(id);
        session.run("INSERT INTO users VALUES (" + text + ", 'x')");
        if (id < 50) session.run("INSERT INTO `groups` VALUES (" + text + ", 'role" + text + "')");
    }
    session.run("INSERT INTO `groups` VALUES (7, 'admin')");
    auto names = plain();
    names.roles = {{.column = "group", .in = {"groups", "user", {}}}};
    Accounts accounts(session, names);
    Ids page;
    for (int id = 1; id <= 50; ++id) page.push_back(std::to_string(id));
    accounts.by_ids({"1"});
    const auto selects = [&] { return std::stoi(session.rows("SHOW SESSION STATUS LIKE 'Com_select'").at(0).text(1)); };
    const int before = selects();
    auto found = accounts.by_ids(page);
    CHECK(selects() - before == 2);
    REQUIRE(found.size() == 50);
    for (auto& account : found) {
        const Ids own = {"role" + account.id};
        const Ids expected = account.id == "50" ? Ids{} : account.id == "7" ? Ids{"admin", "role7"} : own;
        CHECK(stored_roles(account) == expected);
    }
}

TEST_CASE("a role that the collation gives to an account protects it on a page too") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id VARCHAR(20) PRIMARY KEY, email VARCHAR(99)) COLLATE utf8mb4_general_ci");
    session.run("CREATE TABLE `groups` (`user` VARCHAR(20), `group` VARCHAR(30)) COLLATE utf8mb4_general_ci");
    session.run("INSERT INTO users VALUES ('Bob', 'b'), ('eve', 'e'), ('tom', 't')");
    session.run("INSERT INTO `groups` VALUES ('bob', 'admin'), ('eve ', 'staff')");
    auto names = plain();
    names.roles = {{.column = "group", .in = {"groups", "user", {}}}};
    Accounts accounts(session, names);
    for (const auto& account : accounts.by_ids({"Bob", "eve", "tom"})) {
        CAPTURE(account.id);
        CHECK(stored_roles(account) == (account.id == "Bob"   ? Ids{"admin"}
                                        : account.id == "eve" ? Ids{"staff"}
                                                              : Ids{}));
        CHECK(account.enabled);
    }
}

TEST_CASE("what the collation takes for equal is a candidate, what is typed in capitals too") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99)) "
        "DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci");
    database.session.run("CREATE TABLE binary_users (id INTEGER PRIMARY KEY, email VARCHAR(99)) COLLATE utf8mb4_bin");
    database.session.run(
        "INSERT INTO users VALUES (1, 'jose@x'), (2, 'josé@x'), (3, 'JOSE@x'), (4, 'jose@x '), (5, 'b')");
    database.session.run("INSERT INTO binary_users VALUES (1, 'jose@x'), (2, 'JOSE@x'), (3, 'Jose@x')");
    Accounts accounts(database.session, plain());
    CHECK(ids(accounts.candidates(AccountKey::email, {"Jose@x", "jose@x"})) == Ids{"1", "2", "3", "4"});
    auto names = plain();
    names.table = "binary_users";
    Accounts exact(database.session, names);
    CHECK(ids(exact.candidates(AccountKey::email, {"JOSE@x", "jose@x"})) == Ids{"1", "2"});
}

TEST_CASE("a key is compared byte for byte, whatever the database thinks of numbers and texts") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    database.session.run("INSERT INTO users VALUES (42, 'a'), (43, 'b')");
    Accounts accounts(database.session, plain());
    for (const char* id : {"42abc", "042", " 42", "42.0", "", "4e1"}) CHECK(accounts.by_ids({id}).empty());
    CHECK(ids(accounts.by_ids({"43", "42", "44", "42"})) == Ids{"42", "43"});
}

TEST_CASE("what was typed is a text and no SQL") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    database.session.run("INSERT INTO users VALUES (1, 'o''hara@x'), (2, '%'), (3, 'b')");
    Accounts accounts(database.session, plain());
    CHECK(ids(accounts.candidates(AccountKey::email, {"o'hara@x"})) == Ids{"1"});
    CHECK(ids(accounts.candidates(AccountKey::email, {"%"})) == Ids{"2"});
    CHECK(accounts.candidates(AccountKey::email, {"' OR 1=1 -- ", ":typed"}).empty());
}

TEST_CASE("the application's tables may lie in another schema than ours") {
    Database database(Dialect::mariadb, Tables::none);
    const auto& server = TestDatabase::get();
    const std::string own = server.name + "_own";
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    database.session.run("INSERT INTO users VALUES (1, 'a')");
    server.run("DROP DATABASE IF EXISTS `" + own + "`");
    server.run("CREATE DATABASE `" + own + "`");
    auto options = database.options;
    options.own_schema = own;
    Session session(options);
    migrate(session, "elsewhere", [](const Step&) {});
    CHECK(session.row("SELECT DATABASE()")->text(0) == own);
    CHECK(session.application_schema() == "`" + server.name + "`.");
    CHECK(ids(Accounts(session, plain()).by_ids({"1"})) == Ids{"1"});
    auto names = plain();
    names.table = server.name + ".users";
    CHECK(ids(Accounts(session, names).by_ids({"1"})) == Ids{"1"});
    server.run("DROP DATABASE `" + own + "`");
}
