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
