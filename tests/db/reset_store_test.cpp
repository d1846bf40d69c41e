#include "db/app/reset_store.h"

#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// A users table with columns for a token, as feathers-authentication-management asks for them.
struct TokenColumns : Database {
    TokenColumns() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none) {
        session.run(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, resetToken VARCHAR(255), resetExpires BIGINT, "
            "resetShortToken VARCHAR(255))");
        session.run("INSERT INTO users VALUES (1, 'long', 9, 'short'), (2, 'long', 9, 'short')");
        names.set = {"resetToken", "resetExpires"};
        names.empty = {{"resetToken", {}}, {"resetExpires", {}}, {"resetShortToken", {}}};
    }
    ResetStore store() {
        UsersTable users;
        users.table = "users";
        users.id = "id";
        return {session, names, users};
    }

    ResetNames names;
};

}  // namespace

TEST_CASE("a token takes the place of an older one and of what belonged to that") {
    TokenColumns columns;
    const auto text = [](const char* value) { return ResetCell{.form = ResetCell::Form::text, .text = value}; };
    columns.store().put({{.account = "2", .find = {}, .set = {text("new"), text("12")}}});
    CHECK(columns.text("SELECT resetToken FROM users WHERE id = 2") == "new");
    CHECK(columns.number("SELECT resetExpires FROM users WHERE id = 2") == 12);
    CHECK(columns.session.row("SELECT resetShortToken FROM users WHERE id = 2")->is_null(0));
    CHECK(columns.text("SELECT resetShortToken FROM users WHERE id = 1") == "short");
}

TEST_CASE("rows are purged by a time or a number, those of other purposes and those without one stay") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY)");
    session.run(
        "CREATE TABLE tokens (id INTEGER PRIMARY KEY, user_id INT, action VARCHAR(30), created_on DATETIME NULL, "
        "seconds BIGINT)");
    session.run(
        "INSERT INTO tokens VALUES (1, 1, 'recovery', '2025-01-01 10:00:00', 100), "
        "(2, 1, 'recovery', '2025-01-01 12:00:00', 200), (3, 1, 'session', '2025-01-01 09:00:00', 50), "
        "(4, 1, 'recovery', NULL, 0), (5, 1, 'Recovery2', '2025-01-01 09:00:00', 50)");
    ResetNames names;
    names.mode = ResetNames::Mode::insert;
    names.table = "tokens";
    names.find = {"user_id"};
    names.where = {{"action", "recovery"}};
    names.set = {"created_on", "seconds"};
    UsersTable users;
    users.table = "users";
    users.id = "id";
    ResetStore store(session, names, users);
    const ResetCell at_noon{.form = ResetCell::Form::moment, .text = "2025-01-01 12:00:00"};
    CHECK(store.count_before("created_on", at_noon) == 1);
    CHECK(store.purge("created_on", at_noon, 10) == 1);
    const ResetCell second{.form = ResetCell::Form::text, .text = "201"};
    CHECK(store.purge("seconds", second, 10) == 1);
    CHECK(database.text("SELECT GROUP_CONCAT(id ORDER BY id) FROM tokens") == "3,4,5");
}
