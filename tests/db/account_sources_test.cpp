#include <algorithm>

#include "db/app/accounts.h"
#include "db/app/condition.h"
#include "db/app/passwords.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

UsersTable keyed_users() {
    UsersTable names;
    names.table = "users";
    names.id = "id";
    names.email = "email";
    return names;
}

/// As Redmine has them: addresses are rows of another table, one of which is the default.
struct Addresses : Database {
    explicit Addresses(Dialect dialect) : Database(dialect, Tables::none) {
        session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, login VARCHAR(99), hashed_password VARCHAR(40))");
        session.run(
            "CREATE TABLE email_addresses (id INTEGER PRIMARY KEY, user_id INTEGER, address VARCHAR(99), "
            "is_default INTEGER)");
        session.run("INSERT INTO users VALUES (1, 'ana', 'h1'), (2, 'bob', 'h2'), (3, 'eve', 'h3')");
        session.run(
            "INSERT INTO email_addresses VALUES (10, 1, 'ana@example.com', 1), (11, 1, 'ana@work.example', 0), "
            "(12, 2, 'bob@example.com', 1), (13, 9, 'nobody@example.com', 1)");
        names = keyed_users();
        names.email = "address";
        names.login = "login";
        names.elsewhere[UsersColumn::email] = {"email_addresses", "user_id", {{"is_default", "1"}}};
    }
    UsersTable names;
};

std::vector<std::string> addresses_of(const std::vector<AccountRow>& accounts) {
    std::vector<std::string> out;
    for (const auto& account : accounts) out.push_back(account.id + " " + account.email);
    std::sort(out.begin(), out.end());
    return out;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("an address in the rows of another table finds its account, and is read with it") {
    Addresses database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    Accounts accounts(database.session, database.names);
    CHECK(addresses_of(accounts.candidates(AccountKey::email, {"ana@example.com"})) == Told{"1 ana@example.com"});
    CHECK(accounts.candidates(AccountKey::email, {"ana@work.example"}).empty());
    CHECK(accounts.candidates(AccountKey::email, {"nobody@example.com"}).empty());
    CHECK(addresses_of(accounts.search(AccountKey::email, {"BOB@example.com"})) == Told{"2 bob@example.com"});
    CHECK(addresses_of(accounts.by_ids({"1", "2", "3"})) == Told{"1 ana@example.com", "2 bob@example.com", "3 "});
    CHECK(addresses_of(accounts.without_roles({"2"})) == Told{"2 bob@example.com"});
    auto by_login = accounts.candidates(AccountKey::login, {"ana"});
    REQUIRE(by_login.size() == 1);
    CHECK(by_login[0].email.empty());
    accounts.complete(by_login);
    CHECK(by_login[0].email == "ana@example.com");
}

TEST_CASE("an account with several addresses has none that is certain") {
    Addresses database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    database.names.elsewhere[UsersColumn::email].where.clear();
    Accounts accounts(database.session, database.names);
    // Each finds it.
    CHECK(addresses_of(accounts.candidates(AccountKey::email, {"ana@example.com", "ana@work.example"})) ==
          Told{"1 ana@example.com", "1 ana@work.example"});
    const auto ana = accounts.by_ids({"1"}).at(0);
    CHECK(ana.email.empty());
    CHECK(ana.unclear == "'email_addresses' has 2 values of 'address' for it");
    CHECK(accounts.by_ids({"2"}).at(0).unclear.empty());
    // The same address twice is one.
    database.session.run("UPDATE email_addresses SET address = 'ana@example.com' WHERE user_id = 1");
    CHECK(accounts.by_ids({"1"}).at(0).email == "ana@example.com");
}

TEST_CASE("another table is asked once for a page of accounts") {
    Addresses database(Dialect::mariadb);
    database.names.refuse = {
        {.column = "address", .in = {"email_addresses", "user_id", {}}, .is = {"x"}, .words = "x"}};
    Accounts accounts(database.session, database.names);
    accounts.by_ids({"1"});
    const auto selects = [&] {
        return std::stoi(database.session.rows("SHOW SESSION STATUS LIKE 'Com_select'").at(0).text(1));
    };
    const int before = selects();
    CHECK(accounts.by_ids({"1", "2", "3"}).size() == 3);
    CHECK(selects() - before == 3);
}

TEST_CASE("a row that only the collation gives to an account is not its address") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id VARCHAR(20) PRIMARY KEY) COLLATE utf8mb4_general_ci");
    session.run(
        "CREATE TABLE mails (owner VARCHAR(20), mail VARCHAR(30), hash VARCHAR(30)) COLLATE utf8mb4_general_ci");
    session.run("INSERT INTO users VALUES ('Bob'), ('eve')");
    session.run("INSERT INTO mails VALUES ('bob', 'mallory@x', 'h1'), ('eve', 'eve@x', 'h2')");
    UsersTable names = keyed_users();
    names.email = "mail";
    names.password = "hash";
    names.elsewhere[UsersColumn::email] = {"mails", "owner", {}};
    names.elsewhere[UsersColumn::password] = {"mails", "owner", {}};
    Accounts accounts(session, names);
    CHECK(addresses_of(accounts.by_ids({"Bob", "eve"})) == Told{"Bob ", "eve eve@x"});
    CHECK_FALSE(accounts.by_ids({"Bob"}).at(0).password);
    CHECK(accounts.candidates(AccountKey::email, {"mallory@x"}).empty());
    // What refuses is taken as the database takes it.
    names.refuse = {{.in = {"mails", "owner", {}}, .words = "has a row"}};
    Accounts refusing(session, names);
    for (const auto& account : refusing.by_ids({"Bob", "eve"})) CHECK(account.refused == Told{"has a row"});
}

TEST_CASE("keys are matched over the types and spellings that the two tables have") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id BINARY(16) PRIMARY KEY)");
    session.run("CREATE TABLE mails (owner CHAR(32), mail VARCHAR(30))");
    session.run("INSERT INTO users VALUES (UNHEX('0190f5e67b1a7c3d8e4f0123456789ab'))");
    session.run("INSERT INTO mails VALUES ('0190F5E67B1A7C3D8E4F0123456789AB', 'ana@x')");
    UsersTable names = keyed_users();
    names.email = "mail";
    names.elsewhere[UsersColumn::email] = {"mails", "owner", {}};
    Accounts accounts(session, names);
    const std::string id = "0190f5e6-7b1a-7c3d-8e4f-0123456789ab";
    CHECK(addresses_of(accounts.by_ids({id})) == Told{id + " ana@x"});
    CHECK(addresses_of(accounts.candidates(AccountKey::email, {"ana@x"})) == Told{id + " ana@x"});
    // Numbers can be none of its keys.
    session.run("CREATE TABLE counted (owner INT, mail VARCHAR(30))");
    names.elsewhere[UsersColumn::email] = {"counted", "owner", {}};
    Accounts other(session, names);
    CHECK(other.by_ids({id}).at(0).unclear == "'counted' names accounts by another sort of key");
}

TEST_CASE("a scope holds for what another table finds") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER, tenant INTEGER, PRIMARY KEY (id, tenant))");
    session.run("CREATE TABLE mails (owner INTEGER, tenant INTEGER, mail VARCHAR(30))");
    session.run("INSERT INTO users VALUES (1, 7), (2, 8)");
    session.run("INSERT INTO mails VALUES (1, 7, 'ana@x'), (2, 8, 'bob@x'), (1, 8, 'other@x')");
    UsersTable names = keyed_users();
    names.email = "mail";
    names.scope_column = "tenant";
    names.scope_value = "7";
    names.elsewhere[UsersColumn::email] = {"mails", "owner", {{"tenant", "7"}}};
    Accounts accounts(session, names);
    CHECK(addresses_of(accounts.candidates(AccountKey::email, {"ana@x", "bob@x", "other@x"})) == Told{"1 ana@x"});
    CHECK(addresses_of(accounts.by_ids({"1", "2"})) == Told{"1 ana@x"});
}

TEST_CASE("conditions refuse and tell, in their words") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), provider VARCHAR(20), deleted_at "
        "VARCHAR(30), locked_at VARCHAR(30))");
    session.run("CREATE TABLE account (userId INTEGER, providerId VARCHAR(20), password VARCHAR(99))");
    session.run(
        "INSERT INTO users VALUES (1, 'a', 'local', NULL, NULL), (2, 'b', 'github', NULL, NULL), (3, 'c', NULL, "
        "'2026-01-01 00:00:00', '2026-01-01 00:00:00'), (4, 'd', 'local', '0000-00-00 00:00:00', NULL)");
    session.run(
        "INSERT INTO account VALUES (1, 'credential', 'h'), (2, 'github', NULL), (3, 'credential', 'h'), "
        "(4, 'github', NULL)");
    UsersTable names = keyed_users();
    names.refuse = {{.column = "provider", .unless = {"local"}, .words = "another way"},
                    {.in = {"account", "userId", {{"providerId", "credential"}}}, .none = true, .words = "social only"},
                    {.column = "deleted_at", .set = true, .words = "deleted"}};
    names.blocked_by = {{.column = "locked_at", .set = true, .words = "locked"}};
    Accounts accounts(session, names);
    std::map<std::string, AccountRow> found;
    for (auto& account : accounts.by_ids({"1", "2", "3", "4"})) found.emplace(account.id, account);
    REQUIRE(found.size() == 4);
    CHECK(found.at("1").refused.empty());
    CHECK(found.at("2").refused == Told{"another way", "social only"});
    CHECK(found.at("3").refused == Told{"another way", "deleted"});
    CHECK(found.at("4").refused == Told{"social only"});
    CHECK(found.at("1").blocked.empty());
    CHECK(found.at("3").blocked == Told{"locked"});
    CHECK(found.at("3").enabled);
}

TEST_CASE("a test is met by the whole value, its beginning, or what it is not") {
    const auto meets_it = [](const Condition& condition, const std::optional<std::string>& value) {
        return meets(condition, value);
    };
    CHECK(meets_it({.is = {"banned"}}, "Banned"));
    CHECK_FALSE(meets_it({.is = {"banned"}}, "banned "));
    CHECK_FALSE(meets_it({.is = {"banned"}}, std::nullopt));
    CHECK(meets_it({.starts = {"!"}}, "!x"));
    CHECK_FALSE(meets_it({.starts = {"!"}}, ""));
    CHECK_FALSE(meets_it({.unless = {"local"}}, "local"));
    CHECK(meets_it({.unless = {"local"}}, "Local"));
    CHECK(meets_it({.unless = {"local"}}, std::nullopt));
    CHECK(meets_it({.set = true}, "2026-01-01"));
    CHECK(meets_it({.set = true}, "deleted"));
    CHECK_FALSE(meets_it({.set = true}, "0000-00-00 00:00:00"));
    CHECK(meets_it({.set = false}, "0"));
    CHECK(meets_it({.set = false}, std::nullopt));
    CHECK_FALSE(meets_it({.is = {"a"}, .set = false}, "a"));
}

TEST_CASE("roles of flags, of keys and of tables add up") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), is_superuser INTEGER, is_staff "
        "VARCHAR(9), role VARCHAR(20))");
    session.run("CREATE TABLE held (user INTEGER, role VARCHAR(20))");
    session.run("INSERT INTO users VALUES (1, 'a', 0, '', 'x'), (2, 'b', 1, 'true', 'a,b'), (3, 'c', NULL, '7', NULL)");
    session.run("INSERT INTO held VALUES (2, 'team'), (3, 'team')");
    UsersTable names = keyed_users();
    names.roles = {{.flags = {{"superuser", "is_superuser"}, {"staff", "is_staff"}}},
                   {.keys = {{"1", "administrator"}, {"99", "ghost"}}},
                   {.column = "role", .in = {"held", "user", {}}},
                   {.column = "role", .list = "comma"}};
    Accounts accounts(session, names);
    CHECK(stored_roles(accounts.by_ids({"1"}).at(0)) == Told{"administrator", "x"});
    CHECK(stored_roles(accounts.by_ids({"2"}).at(0)) == Told{"a,b", "staff", "superuser", "team"});
    const auto third = accounts.by_ids({"3"}).at(0);
    CHECK(stored_roles(third) == Told{"staff", "team"});
    // 7 is no plain yes: it protects, and allows nothing.
    CHECK_FALSE(third.roles.front().permits);
    CHECK(accounts.by_ids({"2"}).at(0).roles.front().permits);
    const auto values = accounts.role_values();
    REQUIRE(values.size() == 4);
    CHECK(values[0].found == std::vector<std::optional<std::string>>{"superuser", "staff"});
    CHECK(values[1].found == std::vector<std::optional<std::string>>{"administrator"});
    CHECK(values[2].found == std::vector<std::optional<std::string>>{"team"});
    CHECK(values[3].list == "comma");
}

TEST_CASE("a setting that lists accounts gives them a role") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), login VARCHAR(99))");
    session.run("CREATE TABLE config (name VARCHAR(20), value VARCHAR(99))");
    session.run("INSERT INTO users VALUES (2, 'a', 'Anna'), (17, 'b', 'bob'), (1, 'c', 'ann'), (7, 'd', 's')");
    session.run(
        "INSERT INTO config VALUES ('siteadmins', '2,17'), ('site_admins', 'a:2:{i:0;s:4:\"anna\";i:1;s:6:\"not "
        "bob\";}')");
    UsersTable names = keyed_users();
    names.login = "login";
    RoleHolders keys{.table = "config", .column = "value", .where = {{"name", "siteadmins"}}, .role = "admin"};
    RoleHolders logins{.table = "config",
                       .column = "value",
                       .where = {{"name", "site_admins"}},
                       .quoted = true,
                       .by_login = true,
                       .role = "super"};
    RoleHolders absent{.table = "nowhere", .column = "value", .optional = true, .role = "nobody"};
    names.roles = {{.holders = keys}, {.holders = logins}, {.holders = absent}};
    Accounts accounts(session, names);
    CHECK(stored_roles(accounts.by_ids({"2"}).at(0)) == Told{"admin", "super"});
    CHECK(stored_roles(accounts.by_ids({"17"}).at(0)) == Told{"admin"});
    CHECK(stored_roles(accounts.by_ids({"1"}).at(0)).empty());
    CHECK(stored_roles(accounts.by_ids({"7"}).at(0)).empty());
    const auto values = accounts.role_values();
    CHECK(values.at(0).found == std::vector<std::optional<std::string>>{"admin"});
    CHECK(values.at(2).found.empty());
}

TEST_CASE("a password in another table is read and written there, and only in its own row") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run(
        "CREATE TABLE auth_identities (user_id INTEGER, type VARCHAR(20), secret2 VARCHAR(99), force_reset "
        "INTEGER DEFAULT 0)");
    session.run(
        "INSERT INTO auth_identities (user_id, type, secret2) VALUES (1, 'email_password', 'old'), (1, "
        "'magic-link', 'old'), (2, 'email_password', 'old')");
    PasswordNames names;
    names.table = "auth_identities";
    names.id = "user_id";
    names.password = "secret2";
    names.where = {{"type", "email_password"}};
    names.must_change = "force_reset";
    names.must_change_value = "1";
    CHECK(current_password(session, names, "1")->hash == "old");
    CHECK(recent_hashes(session, names, 50) == Told{"old", "old"});
    Transaction transaction(session);
    CHECK(replace_hash(session, names, "1", "old", {"new", {}}));
    require_written(session, names, "1", {"new", {}});
    CHECK_FALSE(replace_hash(session, names, "1", "old", {"newer", {}}));
    transaction.commit();
    CHECK(database.number("SELECT COUNT(*) FROM auth_identities WHERE secret2 = 'new' AND force_reset = 1") == 1);
    CHECK(database.text("SELECT secret2 FROM auth_identities WHERE type = 'magic-link'") == "old");
    session.run("INSERT INTO auth_identities (user_id, type, secret2) VALUES (2, 'email_password', 'old')");
    CHECK_FALSE(current_password(session, names, "2"));
    Transaction twice(session);
    CHECK_THROWS_AS(replace_hash(session, names, "2", "old", {"new", {}}), Error);
}

TEST_CASE("a hash that stands in several rows of an account is none to go by") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    session.run("CREATE TABLE account (userId INTEGER, password VARCHAR(99))");
    session.run("INSERT INTO users VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    session.run("INSERT INTO account VALUES (1, 'h'), (2, 'h'), (2, 'h'), (3, NULL)");
    UsersTable names = keyed_users();
    names.password = "password";
    names.elsewhere[UsersColumn::password] = {"account", "userId", {}};
    Accounts accounts(session, names);
    CHECK(accounts.by_ids({"1"}).at(0).password == "h");
    CHECK(accounts.by_ids({"2"}).at(0).unclear == "'account' has 2 values of 'password' for it");
    CHECK_FALSE(accounts.by_ids({"3"}).at(0).password);
    CHECK(accounts.by_ids({"3"}).at(0).unclear.empty());
}

TEST_CASE("what a column holds, and what stands above it, leads on to roles by other tables") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), role VARCHAR(36))");
    session.run("CREATE TABLE roles (id VARCHAR(36) PRIMARY KEY, parent VARCHAR(36))");
    session.run("CREATE TABLE access (role VARCHAR(36), user INTEGER, policy VARCHAR(36))");
    session.run("CREATE TABLE policies (id VARCHAR(36) PRIMARY KEY, name VARCHAR(99), admin_access INTEGER)");
    session.run("INSERT INTO users VALUES (1, 'a', 'boss'), (2, 'b', 'clerk'), (3, 'c', 'deputy'), (4, 'd', NULL)");
    // A circle above the deputy ends nothing.
    session.run("INSERT INTO roles VALUES ('boss', NULL), ('clerk', NULL), ('deputy', 'vice'), ('vice', 'boss')");
    session.run("INSERT INTO access VALUES ('boss', NULL, 'all'), ('clerk', NULL, 'some'), (NULL, 4, 'some')");
    session.run("INSERT INTO policies VALUES ('all', 'Everything', 1), ('some', 'Something', 0)");
    RoleSource source{.column = "role",
                      .in = {"users", "id", {}},
                      .names_table = "policies",
                      .names_id = "id",
                      .names_name = "name",
                      .through = {"access", "role", "policy"},
                      .up = {"roles", "id", "parent"},
                      .names_flags = {{"administrator", "admin_access"}}};
    UsersTable names = keyed_users();
    names.roles = {source};
    Accounts accounts(session, names);
    CHECK(stored_roles(accounts.by_ids({"1"}).at(0)) == Told{"Everything", "administrator"});
    CHECK(stored_roles(accounts.by_ids({"2"}).at(0)) == Told{"Something"});
    CHECK(stored_roles(accounts.by_ids({"3"}).at(0)) == Told{"Everything", "administrator"});
    CHECK(stored_roles(accounts.by_ids({"4"}).at(0)).empty());
    const auto values = accounts.role_values().at(0).found;
    for (const char* role : {"Everything", "Something", "administrator"})
        CHECK(std::find(values.begin(), values.end(), std::optional<std::string>(role)) != values.end());
    names.roles.front().up = {};
    CHECK(stored_roles(Accounts(session, names).by_ids({"3"}).at(0)).empty());
    session.run("UPDATE roles SET parent = 'deputy' WHERE id = 'boss'");
    CHECK(stored_roles(accounts.by_ids({"3"}).at(0)) == Told{"Everything", "administrator"});
}
