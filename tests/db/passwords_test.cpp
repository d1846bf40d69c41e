#include "db/app/passwords.h"

#include "db/app/password_refusal.h"
#include "db/app/transactional.h"
#include "db/own/tokens.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// An application's tables with two users, the second of whom has two sessions.
struct Application : Database {
    Application() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none) {
        session.run(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255), must_change INTEGER, "
            "remember_token VARCHAR(99), api_key VARCHAR(99) NOT NULL)");
        session.run("INSERT INTO users VALUES (1, '$2y$aaa', 0, 'r1', 'k1'), (2, '$2y$bbb', 0, 'r2', 'k2')");
        session.run("CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER)");
        session.run("INSERT INTO sessions VALUES (1, 1), (2, 2), (3, 2)");
        names.table = "users";
        names.id = "id";
        names.password = "password";
    }
    PasswordNames with_all() const {
        auto all = names;
        all.must_change = "must_change";
        all.must_change_value = "1";
        all.clear = {"remember_token"};
        all.empty = {"api_key"};
        all.sessions = {{"sessions", "user_id"}};
        return all;
    }

    PasswordNames names;
};

/// The live tokens of temporary passwords.
struct Passwords : Database {
    Passwords() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {}

    /// A token of that delivery, whose password was stored; it expires so long from now.
    std::int64_t stored(const std::string& account, std::int64_t delivery, Seconds left = Seconds(300)) {
        NewToken token;
        token.account = account;
        token.kind = Kind::temporary_password;
        token.channel = Channel::email;
        token.delivery_id = delivery;
        token.attempt = 1;
        token.pw_mark = std::string(32, 'o');
        token.issued_at = now - Seconds(600);
        token.expires_at = now + left;
        insert_tokens(session, "shop", {token});
        REQUIRE(password_stored(session, delivery, 1, std::string(32, 'n')));
        return number("SELECT MAX(id) FROM pwreset_tokens");
    }
    std::string state(std::int64_t id) {
        const auto row = *session.row("SELECT state, void_reason FROM pwreset_tokens WHERE id = :id", {{"id", id}});
        return row.text(0) + " " + row.optional_text(1).value_or("-");
    }

    const Time now = session.now();
};

}  // namespace

TEST_CASE("a hash takes the place of the one that was seen, with what goes with it") {
    Application application;
    CHECK(replace_hash(application.session, application.with_all(), "2", "$2y$bbb", {"$2y$new"}));
    CHECK(application.text("SELECT password FROM users WHERE id = 2") == "$2y$new");
    CHECK(application.number("SELECT must_change FROM users WHERE id = 2") == 1);
    CHECK(application.session.row("SELECT remember_token FROM users WHERE id = 2")->is_null(0));
    CHECK(application.text("SELECT api_key FROM users WHERE id = 2").empty());
    CHECK(application.text("SELECT password FROM users WHERE id = 1") == "$2y$aaa");
    CHECK(application.text("SELECT remember_token FROM users WHERE id = 1") == "r1");
}

TEST_CASE("a salt in a column of its own is written with its hash, and read back") {
    Application application;
    auto names = application.names;
    names.salt = "remember_token";
    CHECK(replace_hash(application.session, names, "2", "$2y$bbb", {"new", "salt"}));
    const auto held = current_password(application.session, names, "2");
    CHECK((held->hash == "new" && held->salt == "salt"));
    CHECK_NOTHROW(require_written(application.session, names, "2", {"new", "salt"}));
    CHECK_THROWS_AS(require_written(application.session, names, "2", {"new", "Salt"}), Error);
    CHECK_FALSE(replace_hash(application.session, names, "2", "old", {"newer", "other"}));
    CHECK(current_password(application.session, names, "2")->salt == "salt");
}

TEST_CASE("rows of a shared table end only where they hold the constant") {
    Application application;
    auto& session = application.session;
    session.run("CREATE TABLE meta (user_id INTEGER, k VARCHAR(20), n INTEGER)");
    session.run("INSERT INTO meta VALUES (2, 'session', 1), (2, 'session', 2), (2, 'roles', 1), (1, 'session', 1)");
    auto names = application.names;
    names.sessions = {{"sessions", "user_id"}, {"meta", "user_id", {{"k", "session"}, {"n", "1"}}}};
    CHECK_NOTHROW(try_statements(session, names));
    CHECK(end_sessions(session, names, "2") == 3);
    CHECK(application.number("SELECT COUNT(*) FROM meta") == 3);
    CHECK(application.number("SELECT COUNT(*) FROM meta WHERE user_id = 2 AND k = 'roles'") == 1);
}

TEST_CASE("a column that is rotated gets the text that was drawn for it") {
    Application application;
    auto names = application.names;
    names.beside = {"remember_token", "api_key"};
    CHECK(replace_hash(application.session, names, "2", "$2y$bbb", {"new", "", {"one", "two"}}));
    CHECK(application.text("SELECT remember_token FROM users WHERE id = 2") == "one");
    CHECK(application.text("SELECT api_key FROM users WHERE id = 2") == "two");
    CHECK(application.text("SELECT api_key FROM users WHERE id = 1") == "k1");
}

TEST_CASE("a hash that was changed meanwhile stays, and everything beside it") {
    Application application;
    for (const char* seen : {"$2y$BBB", "$2y$bbb ", "", "$2y$aaa"}) {
        CHECK_FALSE(replace_hash(application.session, application.with_all(), "2", seen, {"$2y$new"}));
    }
    CHECK_FALSE(replace_hash(application.session, application.with_all(), "3", "$2y$bbb", {"$2y$new"}));
    CHECK(application.text("SELECT password FROM users WHERE id = 2") == "$2y$bbb");
    CHECK(application.text("SELECT remember_token FROM users WHERE id = 2") == "r2");
}

TEST_CASE("a key that names two accounts changes neither") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE users (id INTEGER, password VARCHAR(99))");
    database.session.run("INSERT INTO users VALUES (1, 'same'), (1, 'same')");
    PasswordNames names;
    names.table = "users";
    names.id = "id";
    names.password = "password";
    CHECK_FALSE(current_password(database.session, names, "1"));
    {
        Transaction transaction(database.session);
        CHECK_THROWS_AS(replace_hash(database.session, names, "1", "same", {"new"}), Error);
    }
    CHECK(database.number("SELECT COUNT(*) FROM users WHERE password = 'same'") == 2);
}

TEST_CASE("only the account's own sessions end") {
    Application application;
    CHECK(end_sessions(application.session, application.names, "2") == 0);
    CHECK(end_sessions(application.session, application.with_all(), "2") == 2);
    CHECK(application.number("SELECT COUNT(*) FROM sessions WHERE user_id = 1") == 1);
}

TEST_CASE("what an account holds tells whether the demand for a new password stands") {
    Application application;
    CHECK(current_password(application.session, application.names, "1")->must_change);
    CHECK_FALSE(current_password(application.session, application.with_all(), "1")->must_change);
    application.session.run("UPDATE users SET must_change = 1 WHERE id = 1");
    const auto held = current_password(application.session, application.with_all(), "1");
    CHECK(held->must_change);
    CHECK(held->hash == "$2y$aaa");
    application.session.run("UPDATE users SET must_change = NULL WHERE id = 1");
    CHECK_FALSE(current_password(application.session, application.with_all(), "1")->must_change);
    CHECK_FALSE(current_password(application.session, application.names, "9"));
}

TEST_CASE("a demand may be a BIT or a time") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE users (id INT PRIMARY KEY, password VARCHAR(99), flag BIT(1), due DATETIME)");
    database.session.run("INSERT INTO users VALUES (1, 'a', b'0', NULL)");
    PasswordNames names;
    names.table = "users";
    names.id = "id";
    names.password = "password";
    names.must_change = "flag";
    names.must_change_value = "1";
    CHECK(replace_hash(database.session, names, "1", "a", {"b"}));
    CHECK(current_password(database.session, names, "1")->must_change);
    names.must_change = "due";
    names.must_change_value = "2000-01-01 00:00:00";
    CHECK(replace_hash(database.session, names, "1", "b", {"c"}));
    CHECK(current_password(database.session, names, "1")->must_change);
    database.session.run("UPDATE users SET due = '2030-01-01 00:00:00'");
    CHECK_FALSE(current_password(database.session, names, "1")->must_change);
}

TEST_CASE("a demand is a member of an ENUM by its name, and never by its place") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE users (id INT PRIMARY KEY, password VARCHAR(99), flag ENUM('0', '1') NOT NULL)");
    database.session.run("INSERT INTO users VALUES (1, 'a', '0')");
    PasswordNames names;
    names.table = "users";
    names.id = "id";
    names.password = "password";
    names.must_change = "flag";
    names.must_change_value = "1";
    CHECK_FALSE(current_password(database.session, names, "1")->must_change);
    CHECK(replace_hash(database.session, names, "1", "a", {"b"}));
    CHECK(database.text("SELECT flag FROM users") == "1");
    CHECK(current_password(database.session, names, "1")->must_change);
    database.session.run("ALTER TABLE users MODIFY flag ENUM('no', 'yes') NOT NULL");
    CHECK(replace_hash(database.session, names, "1", "b", {"c"}));  // the server takes the '1' for a place
    CHECK_THROWS_AS(require_written(database.session, names, "1", {"c"}), Error);
}

TEST_CASE("a hash is compared and read back as this connection reads it, whatever its bytes are") {
    Database database(Dialect::mariadb, Tables::none);
    PasswordNames names;
    names.table = "users";
    names.id = "id";
    names.password = "password";
    for (const char* type :
         {"VARCHAR(99) CHARACTER SET ucs2", "VARCHAR(99) CHARACTER SET utf16le", "CHAR(99) CHARACTER SET utf32",
          "VARCHAR(99) CHARACTER SET latin1", "VARBINARY(99)", "TEXT", "BLOB"}) {
        INFO(type);
        database.session.run("DROP TABLE IF EXISTS users");
        database.session.run(std::string("CREATE TABLE users (id INT PRIMARY KEY, password ") + type + ")");
        database.session.run("INSERT INTO users VALUES (1, '$2y$Abc')");
        CHECK_FALSE(replace_hash(database.session, names, "1", "$2y$aBC", {"$2y$new"}));
        CHECK(replace_hash(database.session, names, "1", "$2y$Abc", {"$2y$new"}));
        require_written(database.session, names, "1", {"$2y$new"});
        CHECK_THROWS_AS(require_written(database.session, names, "1", {"$2y$NEW"}), Error);
    }
}

TEST_CASE("what a table refuses is said of the column, without a value") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run(
        "CREATE TABLE users (id INT PRIMARY KEY, password VARCHAR(8), token VARCHAR(9) NOT NULL, visits INT)");
    database.session.run("INSERT INTO users VALUES (1, 'a', 'secret', 3)");
    PasswordNames names;
    names.table = "users";
    names.id = "id";
    names.password = "password";
    const auto said = [&](const PasswordNames& with, const std::string& hash) -> std::string {
        try {
            replace_hash(database.session, with, "1", "a", {hash});
            return "nothing";
        } catch (const Error& error) {
            return std::to_string(static_cast<int>(error.exit)) + " " + error.message;
        }
    };
    CHECK(said(names, "123456789") == "78 column 'password' of 'users' is too short for a hash of 9 characters");
    names.clear = {"token"};
    CHECK(said(names, "b") == "78 column 'token' of 'users' takes no NULL");
    names.clear = {};
    names.empty = {"visits"};
    CHECK(said(names, "b") == "78 column 'visits' of 'users' does not take the value that is written there");
    CHECK(database.text("SELECT password FROM users") == "a");
}

TEST_CASE("what a server with GTIDs refuses is told of the trigger, since the tables were looked at before") {
    const PasswordNames names;
    const std::string table = "users";
    const Refused fault(config_error("a transaction changes tables with and without transactions"), 1785, "");
    CHECK(refusal_of(fault, {names, table}).message ==
          "a trigger of 'users' writes a table that knows no transactions");
}

TEST_CASE("tables without transactions are named, also behind a view") {
    Database database(Dialect::mariadb);
    auto& session = database.session;
    PasswordNames names;
    names.table = "users";
    names.id = "id";
    names.password = "password";
    const auto said = [&]() -> std::string {
        try {
            require_transactions(session, names);
            return "nothing";
        } catch (const Error& error) {
            return error.message.substr(0, error.message.find(" transactions"));
        }
    };
    session.run("CREATE TABLE people (id INT PRIMARY KEY, password VARCHAR(99)) ENGINE = InnoDB");
    session.run("CREATE VIEW users AS SELECT * FROM people");
    CHECK(said() == "nothing");
    for (const char* engine : {"MyISAM", "Aria", "MEMORY"}) {
        INFO(engine);
        session.run(std::string("ALTER TABLE people ENGINE = ") + engine);
        CHECK(said() == "what is behind the view 'users' knows no");
        names.table = "people";
        CHECK(said() == std::string("table 'people' is ") + engine + ", which knows no");
        names.table = "users";
    }
}

TEST_CASE("what cannot be rolled back is noticed") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE kept (a INT) ENGINE = MyISAM");
    session.run("CREATE TABLE undone (a INT) ENGINE = InnoDB");
    Transaction first(session);
    session.run("INSERT INTO undone VALUES (1)");
    CHECK(first.roll_back());
    Transaction second(session);
    session.run("INSERT INTO kept VALUES (1)");
    CHECK_FALSE(second.roll_back());
    CHECK(database.number("SELECT COUNT(*) FROM undone") == 0);
}

TEST_CASE("statements that no row meets tell what would be refused to all") {
    Application application;
    auto& session = application.session;
    try_statements(session, application.with_all());
    CHECK(application.text("SELECT password FROM users WHERE id = 1") == "$2y$aaa");
    CHECK(application.number("SELECT COUNT(*) FROM sessions") == 3);
    auto names = application.with_all();
    names.clear = {"no_such"};
    CHECK_THROWS_AS(try_statements(session, names), Error);
}

TEST_CASE("the hashes of the newest accounts come first") {
    Application application;
    application.session.run("INSERT INTO users VALUES (3, NULL, 0, NULL, '')");
    CHECK(recent_hashes(application.session, application.names, 2) == std::vector<std::string>{"", "$2y$bbb"});
}

TEST_CASE("a stored password is known until it was ended, whatever became of its token") {
    Passwords passwords;
    const auto first = passwords.stored("42", 7);
    supersede_live(passwords.session, "shop", "42", Kind::temporary_password);
    const auto second = passwords.stored("42", 8);
    auto known = stored_passwords(passwords.session, "shop", "42", {});
    REQUIRE(known.size() == 2);
    CHECK(known[0].id == first);
    CHECK(known[1].pw_mark == std::string(32, 'n'));
    CHECK(stored_passwords(passwords.session, "shop", {}, 8).size() == 1);
    CHECK(stored_passwords(passwords.session, "crm", "42", {}).empty());
    CHECK(stored_passwords_between(passwords.session, "shop", {7, 8}).size() == 1);
    CHECK(claim_stored_password(passwords.session, first));
    end_stored_password(passwords.session, first, "revoked");
    CHECK_FALSE(claim_stored_password(passwords.session, first));
    CHECK(passwords.state(first) == "void superseded");
    end_stored_password(passwords.session, second, "revoked");
    CHECK(passwords.state(second) == "void revoked");
    CHECK(stored_passwords(passwords.session, "shop", {}, {}).empty());
}

TEST_CASE("only passwords whose time is past are to be made void, the oldest first") {
    Passwords passwords;
    passwords.stored("1", 1, Seconds(300));
    const auto late = passwords.stored("2", 2, Seconds(-10));
    const auto later = passwords.stored("3", 3, Seconds(-5));
    const auto expired = expired_passwords(passwords.session, "shop", 10);
    REQUIRE(expired.size() == 2);
    CHECK(expired[0].id == late);
    CHECK(expired[1].id == later);
    CHECK(expired_passwords(passwords.session, "shop", 1).size() == 1);
    CHECK(expired_passwords(passwords.session, "crm", 10).empty());
    use_stored_password(passwords.session, late);
    CHECK(passwords.state(late) == "used -");
    CHECK(expired_passwords(passwords.session, "shop", 10).size() == 1);
}

TEST_CASE("the purge of codes leaves temporary passwords to be made void") {
    Passwords passwords;
    passwords.stored("1", 1, Seconds(-10));
    CHECK(erase_codes(passwords.session, "shop", 10) == 0);
    CHECK(expired_passwords(passwords.session, "shop", 10).size() == 1);
}

TEST_CASE("a password is stored for a live token only, and that can be taken back") {
    Passwords passwords;
    const auto id = passwords.stored("1", 1);
    abandon_password(passwords.session, 1, 1, "password_changed");
    CHECK(passwords.state(id) == "void password_changed");
    CHECK(stored_passwords(passwords.session, "shop", {}, {}).empty());
    CHECK_FALSE(password_stored(passwords.session, 1, 1, std::string(32, 'n')));
}

TEST_CASE("passwords whose time is past are found by the index, not by reading the codes that wait") {
    Database database(Dialect::mariadb);
    const auto plan = database.session.rows(
        "EXPLAIN SELECT id FROM pwreset_tokens WHERE kind = 'temporary_password' AND erase_at <= UTC_TIMESTAMP(6) "
        "AND app = 'shop' ORDER BY erase_at, id LIMIT 20");
    REQUIRE(plan.size() == 1);
    CHECK(plan.front().text(5) == "erase");
}

TEST_CASE("a new password is demanded by a row of another table, written or made") {
    Application application;
    auto& session = application.session;
    session.run("CREATE TABLE preferences (userid INTEGER, name VARCHAR(20), value VARCHAR(9), UNIQUE (userid, name))");
    session.run("INSERT INTO preferences VALUES (2, 'lang', 'de'), (1, 'demand', '0')");
    auto names = application.names;
    names.must_change = "value";
    names.must_change_value = "1";
    names.must_change_in = {"preferences", "userid", {{"name", "demand"}}};
    CHECK_NOTHROW(try_statements(session, names));
    CHECK_FALSE(current_password(session, names, "2")->must_change);
    CHECK(replace_hash(session, names, "2", "$2y$bbb", {"$2y$new"}));
    CHECK(current_password(session, names, "2")->must_change);
    CHECK_NOTHROW(require_written(session, names, "2", {"$2y$new"}));
    CHECK(application.number("SELECT COUNT(*) FROM preferences") == 3);
    CHECK(application.text("SELECT value FROM preferences WHERE userid = 2 AND name = 'lang'") == "de");
    CHECK(application.text("SELECT value FROM preferences WHERE userid = 1") == "0");
    // A row that is there is written, also where it holds that already.
    for (const char* seen : {"$2y$aaa", "$2y$one"}) {
        CHECK(replace_hash(session, names, "1", seen, {seen[4] == 'a' ? "$2y$one" : "$2y$two"}));
        CHECK(application.text("SELECT value FROM preferences WHERE userid = 1") == "1");
    }
    CHECK(application.number("SELECT COUNT(*) FROM preferences") == 3);
    // No demand for a password that was not stored.
    session.run("DELETE FROM preferences WHERE name = 'demand'");
    CHECK_FALSE(replace_hash(session, names, "1", "$2y$other", {"$2y$new"}));
    CHECK(application.number("SELECT COUNT(*) FROM preferences WHERE name = 'demand'") == 0);
    demand_new_password(session, names, "1");
    CHECK(current_password(session, names, "1")->must_change);
}

TEST_CASE("a new password is demanded without another one") {
    Application application;
    const auto names = application.with_all();
    for (int again = 0; again < 2; ++again) demand_new_password(application.session, names, "2");
    CHECK(application.number("SELECT must_change FROM users WHERE id = 2") == 1);
    CHECK(application.number("SELECT must_change FROM users WHERE id = 1") == 0);
    CHECK(application.text("SELECT remember_token FROM users WHERE id = 2") == "r2");
    CHECK_THROWS_AS(demand_new_password(application.session, names, "3"), Conflict);
}

TEST_CASE("sessions that are known by the login end with its password") {
    Application application;
    auto& session = application.session;
    session.run("ALTER TABLE users ADD username VARCHAR(20)");
    session.run("UPDATE users SET username = CASE WHEN id = 1 THEN 'ada' ELSE 'bob' END");
    session.run("CREATE TABLE user_keys (user_id VARCHAR(20), token VARCHAR(9))");
    session.run("INSERT INTO user_keys VALUES ('ada', 'x'), ('bob', 'y'), ('bob', 'z'), ('2', 'w')");
    auto names = application.names;
    names.users_table = "users";
    names.users_id = "id";
    names.login = "username";
    names.sessions = {{"user_keys", "user_id", {}, true}};
    CHECK_NOTHROW(try_statements(session, names));
    CHECK(end_sessions(session, names, "2") == 2);
    CHECK(application.number("SELECT COUNT(*) FROM user_keys WHERE user_id IN ('ada', '2')") == 2);
}
