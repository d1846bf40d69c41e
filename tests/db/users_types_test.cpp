// Every type of column that MariaDB has (and MySQL, where a test database of it is given), as a key, a flag, a time and
// a role: what is read, and what is refused.
#include <algorithm>

#include "db/app/accounts.h"
#include "db/app/key_proof.h"
#include "db/app/passwords.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

constexpr const char* uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
constexpr const char* uuid_hex = "6BA7B8109DAD11D180B400C04FD430C8";

UsersTable names_of(const std::string& key = "id") {
    UsersTable names;
    names.table = "users";
    names.id = key;
    names.email = "email";
    return names;
}

/// A table whose key has this type, and one row with this value, written as SQL.
void make(Session& session, const std::string& type, const std::string& value) {
    session.run("DROP TABLE IF EXISTS users");
    session.run("CREATE TABLE users (id " + type + ", email VARCHAR(99), password VARCHAR(99), UNIQUE (id))");
    session.run("SET SESSION sql_mode = ''");
    session.run("INSERT INTO users VALUES (" + value + ", 'ana@example.com', 'x')");
}

/// MariaDB has two types that MySQL lacks.
bool has_type(Session& session, std::string_view type) {
    return (type != "UUID" && type != "INET6") ||
           session.row("SELECT VERSION()")->text(0).find("MariaDB") != std::string::npos;
}

struct KeyCase {
    const char* type;
    const char* value;              ///< as SQL
    const char* text;               ///< how the key reads; "" = it reads as none
    std::vector<const char*> also;  ///< other spellings that find it
};

}  // namespace

TEST_CASE("a key of every type reads as one text, and is found again by it") {
    const auto one = GENERATE(values<KeyCase>({
        {"TINYINT", "-7", "-7", {}},
        {"SMALLINT UNSIGNED", "65535", "65535", {}},
        {"MEDIUMINT", "42", "42", {}},
        {"INT", "42", "42", {}},
        {"INT(8) ZEROFILL", "42", "42", {"00000042"}},
        {"BIGINT", "9223372036854775807", "9223372036854775807", {}},
        {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615", {}},
        {"BIGINT UNSIGNED", "9223372036854775809", "9223372036854775809", {}},
        {"DECIMAL(30,0)", "123456789012345678901234567890", "123456789012345678901234567890", {}},
        {"CHAR(36)",
         "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'",
         uuid,
         {"{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", uuid_hex}},
        {"CHAR(32)", "'6ba7b8109dad11d180b400c04fd430c8'", "6ba7b8109dad11d180b400c04fd430c8", {uuid, uuid_hex}},
        {"VARCHAR(36) COLLATE utf8mb4_bin",
         "'6BA7B810-9DAD-11D1-80B4-00C04FD430C8'",
         "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
         {uuid, "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"}},
        {"VARCHAR(40)", "'007'", "007", {}},
        {"VARCHAR(40)", "'a:b|c \"d\"'", "a:b|c \"d\"", {}},
        {"VARCHAR(40) CHARACTER SET latin1", "'Zoë'", "Zoë", {}},
        {"ENUM('a','b')", "'b'", "b", {}},
        {"BINARY(16)",
         "UNHEX('6BA7B8109DAD11D180B400C04FD430C8')",
         uuid,
         {uuid_hex, "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"}},
        {"VARBINARY(16)", "UNHEX('6BA7B8109DAD11D180B400C04FD430C8')", uuid, {uuid_hex}},
        {"VARBINARY(64)", "'ana'", "ana", {}},
        {"VARBINARY(64)", "UNHEX('FF00')", "", {}},
        {"BINARY(8)", "'abc'", "abc", {}},
        {"BINARY(4)", "UNHEX('FF000102')", "ff000102", {}},
    }));
    Database database(Dialect::mariadb, Tables::none);
    make(database.session, one.type, one.value);
    INFO(one.type << " " << one.value);
    Accounts accounts(database.session, names_of());
    const auto found = accounts.candidates(AccountKey::email, {"ana@example.com"});
    REQUIRE(found.size() == 1);
    CHECK(found[0].id == one.text);
    if (found[0].id.empty()) {
        CHECK_THROWS_AS(accounts.require_single(found[0].id), Error);
        return;
    }
    CHECK_NOTHROW(accounts.require_single(found[0].id));
    CHECK(accounts.by_ids({one.text}).size() == 1);
    CHECK(accounts.candidates(AccountKey::id, {one.text}).size() == 1);
    for (const char* spelled : one.also) {
        INFO(spelled);
        const auto rows = accounts.candidates(AccountKey::id, {spelled});
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].id == one.text);
    }
    PasswordNames names;
    names.table = "users";
    names.id = "id";
    names.password = "password";
    CHECK(replace_hash(database.session, names, one.text, "x", {"y"}));
    CHECK_FALSE(replace_hash(database.session, names, std::string(one.text) + "0", "y", {"z"}));
}

TEST_CASE("a type that is not found again by its text is no key") {
    const auto one = GENERATE(values<std::pair<const char*, const char*>>({
        {"FLOAT", "1.5"},
        {"DOUBLE", "1.5"},
        {"BIT(8)", "b'101'"},
        {"DATE", "'2026-03-01'"},
        {"DATETIME(6)", "'2026-03-01 10:00:00'"},
        {"TIMESTAMP", "'2026-03-01 10:00:00'"},
        {"TIME", "'10:00:00'"},
        {"YEAR", "2026"},
        {"SET('a','b')", "'a,b'"},
        {"INET6", "'::1'"},
        {"POINT NOT NULL", "ST_GeomFromText('POINT(1 1)')"},
    }));
    Database database(Dialect::mariadb, Tables::none);
    if (!has_type(database.session, one.first)) return;
    make(database.session, one.first, one.second);
    INFO(one.first);
    Accounts accounts(database.session, names_of());
    CHECK(accounts.candidates(AccountKey::email, {"ana@example.com"}).at(0).id.empty());
    CHECK(accounts.candidates(AccountKey::id, {"1"}).empty());
    CHECK_THROWS_AS(accounts.require_key(), Error);
}

TEST_CASE("MariaDB's UUID is found in every spelling") {
    Database database(Dialect::mariadb, Tables::none);
    if (!has_type(database.session, "UUID")) return;
    make(database.session, "UUID", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'");
    Accounts accounts(database.session, names_of());
    for (const char* spelled : {uuid, uuid_hex, "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}"}) {
        CHECK(accounts.candidates(AccountKey::id, {spelled}).at(0).id == uuid);
    }
    CHECK(accounts.candidates(AccountKey::id, {"42"}).empty());
}

TEST_CASE("a packed UUID whose time comes first reads as the UUID, where that is said") {
    Database database(Dialect::mariadb, Tables::none);
    make(database.session, "BINARY(16)", "UNHEX('11D19DAD6BA7B81080B400C04FD430C8')");
    auto names = names_of();
    names.id_type = "uuid-binary16-swapped";
    Accounts accounts(database.session, names);
    CHECK(accounts.by_ids({uuid}).size() == 1);
    Accounts undeclared(database.session, names_of());
    CHECK(undeclared.candidates(AccountKey::id, {uuid}).at(0).id == "11d19dad-6ba7-b810-80b4-00c04fd430c8");
}

TEST_CASE("a key that is not unique by itself is refused, and by its scope unique") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (tenant INT, id INT, email VARCHAR(99), PRIMARY KEY (tenant, id), KEY (id))");
    session.run(
        "INSERT INTO users VALUES (1, 42, 'ana@example.com'), (2, 42, 'bob@example.com'), (2, 7, 'eve@example.com')");
    Accounts accounts(session, names_of());
    for (const char* id : {"42", "7", "99"}) CHECK_THROWS_AS(accounts.require_single(id), Error);
    auto names = names_of();
    names.scope_column = "tenant";
    names.scope_value = "2";
    Accounts scoped(session, names);
    CHECK_NOTHROW(scoped.require_single("42"));
    CHECK(scoped.by_ids({"42"}).at(0).email == "bob@example.com");
    CHECK(scoped.candidates(AccountKey::email, {"ana@example.com"}).empty());
    names.scope_value = "3";
    CHECK_FALSE(Accounts(session, names).has_any());
    session.run("CREATE VIEW seen AS SELECT id, email FROM users");
    names = names_of();
    names.table = "seen";
    Accounts view(session, names);
    CHECK_THROWS_AS(view.require_single("42"), Error);
    CHECK_NOTHROW(view.require_single("7"));
    session.run("DROP VIEW seen");
}

TEST_CASE("a scope is told by the type of its column") {
    struct Case {
        const char* type;
        const char* stored;  ///< as SQL
        const char* value;   ///< as it is configured
    };
    const auto one = GENERATE(values<Case>({
        {"INT", "7", "7"},
        {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"},
        {"INT(6) ZEROFILL", "7", "000007"},
        {"VARCHAR(40)", "'north'", "north"},
        {"CHAR(36)", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", uuid},
        {"BINARY(16)", "UNHEX('6BA7B8109DAD11D180B400C04FD430C8')", uuid},
        {"BINARY(16)", "UNHEX('6BA7B8109DAD11D180B400C04FD430C8')", uuid_hex},
        {"BINARY(8)", "'north'", "north"},
        {"VARBINARY(40)", "'north'", "north"},
        {"UUID", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", uuid_hex},
        {"ENUM('north','south')", "'north'", "north"},
        {"DATE", "'2026-03-01'", "2026-03-01"},
    }));
    INFO(one.type << " " << one.value);
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    if (!has_type(session, one.type)) return;
    session.run("CREATE TABLE users (tenant " + std::string(one.type) +
                ", id INT, email VARCHAR(99), password VARCHAR(9), UNIQUE (tenant, id))");
    session.run("INSERT INTO users VALUES (" + std::string(one.stored) + ", 42, 'ana@example.com', 'x')");
    session.run("INSERT INTO users VALUES (NULL, 42, 'bob@example.com', 'x')");
    auto names = names_of();
    names.scope_column = "tenant";
    names.scope_value = one.value;
    Accounts accounts(session, names);
    CHECK(accounts.has_any());
    CHECK(accounts.by_ids({"42"}).at(0).email == "ana@example.com");
    CHECK(accounts.candidates(AccountKey::email, {"bob@example.com"}).empty());
    CHECK_NOTHROW(accounts.require_single("42"));
    PasswordNames passwords;
    passwords.table = "users";
    passwords.id = "id";
    passwords.password = "password";
    passwords.scope_column = "tenant";
    passwords.scope_value = one.value;
    CHECK(replace_hash(session, passwords, "42", "x", {"y"}));
}

namespace {

/// "on", "off: why" or "unknown: why" of the flag in a column of a type.
std::string state_of(Session& session, const std::string& type, const std::string& value, bool means_active) {
    session.run("DROP TABLE IF EXISTS users");
    session.run("SET SESSION sql_mode = '', time_zone = '+00:00'");
    session.run("CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(99), flag " + type + " NULL)");
    session.run("INSERT INTO users VALUES (1, 'a', " + value + ")");
    auto names = names_of();
    (means_active ? names.active : names.disabled) = "flag";
    const auto account = Accounts(session, names).by_ids({"1"}).at(0);
    return account.enabled ? "may" : account.state_known ? "no" : "unknown";
}

}  // namespace

TEST_CASE("a flag, word or time of every type is read, and what is none of the known forms is never taken for yes") {
    struct Case {
        const char* type;
        const char* value;
        const char* active;    ///< as `active`
        const char* disabled;  ///< as `disabled`
    };
    Database database(Dialect::mariadb, Tables::none);
    for (const Case& one : std::vector<Case>{
             {"BOOLEAN", "TRUE", "may", "no"},
             {"BOOLEAN", "FALSE", "no", "may"},
             {"TINYINT", "2", "unknown", "no"},
             {"SMALLINT", "-1", "unknown", "no"},
             {"INT", "1714550000", "may", "no"},
             {"INT", "2147483647", "no", "may"},
             {"BIGINT", "1714550000000", "may", "no"},
             {"BIGINT", "253402300799", "no", "may"},
             {"DECIMAL(5,2)", "1", "may", "no"},
             {"DECIMAL(5,2)", "0", "no", "may"},
             {"FLOAT", "0.5", "unknown", "no"},
             {"DOUBLE", "1", "may", "no"},
             {"BIT(1)", "b'1'", "may", "no"},
             {"BIT(1)", "b'0'", "no", "may"},
             {"BIT(8)", "49", "unknown", "no"},
             {"CHAR(1)", "'Y'", "may", "no"},
             {"CHAR(1)", "'N'", "no", "may"},
             {"CHAR(1)", "'t'", "may", "no"},
             {"CHAR(1)", "'f'", "no", "may"},
             {"CHAR(1)", "'1'", "may", "no"},
             {"CHAR(1)", "' '", "no", "may"},
             {"BINARY(1)", "UNHEX('01')", "may", "no"},
             {"BINARY(1)", "UNHEX('00')", "no", "may"},
             {"VARBINARY(9)", "'ACTIVE'", "may", "no"},
             {"VARCHAR(20)", "'Active '", "may", "no"},
             {"VARCHAR(20)", "'suspended'", "no", "no"},
             {"VARCHAR(20)", "'on_hold'", "unknown", "no"},
             {"VARCHAR(20)", "''", "no", "may"},
             {"VARCHAR(20)", "NULL", "no", "may"},
             {"VARCHAR(20)", "'2026-03-01T10:00:00Z'", "may", "no"},
             {"TEXT", "'enabled'", "may", "no"},
             {"BLOB", "'yes'", "may", "no"},
             {"ENUM('active','banned')", "'banned'", "no", "no"},
             {"ENUM('0','1')", "'1'", "may", "no"},
             {"SET('active','verified')", "'active'", "may", "no"},
             {"SET('active','verified')", "'active,verified'", "unknown", "no"},
             {"JSON", "'true'", "may", "no"},
             {"JSON", "'\"active\"'", "may", "no"},
             {"JSON", "'null'", "no", "may"},
             {"JSON", "'[\"active\"]'", "unknown", "no"},
             {"DATE", "'2026-03-01'", "may", "no"},
             {"DATE", "'0000-00-00'", "no", "may"},
             {"DATE", "'9999-12-31'", "no", "may"},
             {"DATETIME", "'2026-03-01 10:00:00'", "may", "no"},
             {"DATETIME(6)", "'0000-00-00 00:00:00'", "no", "may"},
             {"DATETIME", "'1970-01-01 00:00:00'", "no", "may"},
             {"DATETIME", "'0001-01-01 00:00:00'", "no", "may"},
             {"DATETIME", "'9999-12-31 23:59:59'", "no", "may"},
             {"TIMESTAMP(6)", "'2026-03-01 10:00:00'", "may", "no"},
             {"TIMESTAMP", "'1970-01-01 00:00:01'", "no", "may"},
             {"TIMESTAMP", "'2038-01-19 03:14:07'", "no", "may"},
             {"TIMESTAMP", "'0000-00-00 00:00:00'", "no", "may"},
             {"TIME", "'10:00:00'", "unknown", "no"},
             {"YEAR", "2026", "unknown", "no"},
             {"UUID", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "unknown", "no"},
             {"INET6", "'::1'", "unknown", "no"},
         }) {
        if (!has_type(database.session, one.type)) continue;
        INFO(one.type << " " << one.value);
        CHECK(state_of(database.session, one.type, one.value, true) == one.active);
        CHECK(state_of(database.session, one.type, one.value, false) == one.disabled);
    }
}

TEST_CASE("which words mean that an account may be reset is said by the configuration") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(99), status VARCHAR(20))");
    database.session.run(
        "INSERT INTO users VALUES (1, 'a', '10'), (2, 'b', 'Trial '), (3, 'c', 'active'), (4, 'd', NULL)");
    auto names = names_of();
    names.active = "status";
    names.active_values = {"10", "trial"};
    Accounts accounts(database.session, names);
    for (const auto& [id, may] : {std::pair{"1", true}, {"2", true}, {"3", false}, {"4", false}}) {
        const auto account = accounts.by_ids({id}).at(0);
        CHECK(account.enabled == may);
        CHECK(account.state_known);
    }
    CHECK(accounts.by_ids({"3"}).at(0).state == "'status' holds 'active'");
}

TEST_CASE("a column of roles of every type is read as what it holds") {
    struct Case {
        const char* type;
        const char* value;
        const char* role;
        const char* list;
    };
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    for (const Case& one : std::vector<Case>{{"VARCHAR(60)", "'user,admin'", "user,admin", ""},
                                             {"TEXT", "'admin user'", "admin user", ""},
                                             {"SET('user','admin')", "'user,admin'", "user,admin", "set"},
                                             {"ENUM('user','admin')", "'admin'", "admin", ""},
                                             {"JSON", "'[\"admin\"]'", "[\"admin\"]", "json"},
                                             {"BLOB", "'admin'", "admin", ""},
                                             {"INT", "3", "3", ""},
                                             {"INT(5) ZEROFILL", "3", "3", ""},
                                             {"BIT(8)", "3", "3", ""},
                                             {"BOOLEAN", "TRUE", "1", ""},
                                             {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615", ""}}) {
        INFO(one.type);
        session.run("DROP TABLE IF EXISTS users");
        session.run("CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(99), role " + std::string(one.type) + ")");
        session.run("INSERT INTO users VALUES (1, 'a', " + std::string(one.value) + ")");
        auto names = names_of();
        names.roles = {{.column = "role"}};
        const auto account = Accounts(session, names).by_ids({"1"}).at(0);
        REQUIRE(account.roles.size() == 1);
        CHECK(account.roles[0].text == one.role);
        CHECK(account.roles[0].list == one.list);
        // And in a table of roles.
        session.run("DROP TABLE IF EXISTS held");
        session.run("CREATE TABLE held (user INT, role " + std::string(one.type) + ")");
        session.run("INSERT INTO held VALUES (1, " + std::string(one.value) + ")");
        names.roles = {{.column = "role", .in = {"held", "user", {}}}};
        Accounts apart(session, names);
        const auto same = apart.by_ids({"1"}).at(0);
        CHECK(stored_roles(same) == stored_roles(account));
        CHECK(same.roles.at(0).list == one.list);
        CHECK(apart.role_values().at(0).found.at(0) == one.role);
        CHECK(apart.role_values().at(0).list == one.list);
    }
}

TEST_CASE("a table of roles takes constants, and names from a further table") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))");
    session.run("CREATE TABLE usermeta (user_id INTEGER, meta_key VARCHAR(99), meta_value VARCHAR(99))");
    session.run("CREATE TABLE membership (user_id INTEGER, group_id INTEGER)");
    session.run("CREATE TABLE team (id INTEGER, name VARCHAR(99))");
    session.run("INSERT INTO users VALUES (1, 'a')");
    session.run("INSERT INTO usermeta VALUES (1, 'wp_capabilities', 'administrator'), (1, 'session_tokens', 'secret')");
    session.run("INSERT INTO membership VALUES (1, 10), (1, 11)");
    session.run("INSERT INTO team VALUES (10, 'Staff')");
    auto names = names_of();
    names.roles = {{.column = "meta_value", .in = {"usermeta", "user_id", {{"meta_key", "wp_capabilities"}}}}};
    Accounts meta(session, names);
    CHECK(stored_roles(meta.by_ids({"1"}).at(0)) == std::vector<std::string>{"administrator"});
    CHECK(meta.role_values().at(0).found.size() == 1);
    names = names_of();
    names.roles = {{.column = "group_id",
                    .in = {"membership", "user_id", {}},
                    .names_table = "team",
                    .names_id = "id",
                    .names_name = "name"}};
    CHECK(stored_roles(Accounts(session, names).by_ids({"1"}).at(0)) == std::vector<std::string>{"11", "Staff"});
}

TEST_CASE("of too many values those with a word in them are looked for") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), role VARCHAR(99))");
    for (int i = 0; i < 250; ++i) {
        session.run("INSERT INTO users VALUES (:id, 'a', :role)", {{"id", i}, {"role", "user" + std::to_string(i)}});
    }
    session.run("INSERT INTO users VALUES (999, 'a', '[\"user\",\"Super Admin\"]')");
    auto names = names_of();
    names.roles = {{.column = "role"}};
    Accounts accounts(session, names);
    const auto holds = [](const Values& values, const std::string& value) {
        return std::find(values.found.begin(), values.found.end(), value) != values.found.end();
    };
    CHECK_FALSE(accounts.role_values().at(0).searched);
    const auto found = accounts.role_values({"super admin"}).at(0);
    CHECK_FALSE(found.all);
    CHECK(found.searched);
    CHECK(holds(found, "[\"user\",\"Super Admin\"]"));
    CHECK(accounts.role_values({"owner"}).at(0).searched);
    CHECK_FALSE(accounts.role_values({"user"}).at(0).searched);
    CHECK_FALSE(accounts.role_values({"مدیر"}).at(0).searched);
}

TEST_CASE("the second look finds letters in any case, and numbers however they are written") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99), phone VARCHAR(40))");
    session.run("INSERT INTO users VALUES (1, 'Ana@Example.com', '0912.123/45 67'), (2, 'b', '(0912) 765 4321')");
    auto names = names_of();
    names.phone = "phone";
    Accounts accounts(session, names);
    CHECK(accounts.search(AccountKey::email, {"ana@example.com"}).size() == 1);
    CHECK(accounts.search(AccountKey::phone, {"1234567"}).at(0).id == "1");
    CHECK(accounts.search(AccountKey::phone, {"7654321"}).at(0).id == "2");
    if (session.is_sqlite()) return;
    session.run("INSERT INTO users VALUES (3, 'c', '۰۹۱۲ ۱۱۱ ۲۲۳۳')");
    CHECK(accounts.search(AccountKey::phone, {"1112233"}).at(0).id == "3");
    CHECK_FALSE(accounts.compares_exactly(AccountKey::email));
    for (const char* type : {"VARBINARY(190)", "VARCHAR(99) COLLATE utf8mb4_bin",
                             "VARCHAR(99) CHARACTER SET latin1 COLLATE latin1_general_cs", "BLOB"}) {
        session.run("ALTER TABLE users MODIFY email " + std::string(type));
        INFO(type);
        CHECK(accounts.compares_exactly(AccountKey::email));
        CHECK(accounts.search(AccountKey::email, {"ana@example.com"}).size() == 1);
    }
}
