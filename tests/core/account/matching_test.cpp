#include "src/account/matching.h"

#include "db/session.h"
#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
using db::AccountKey;
using db::AccountRow;

namespace {

AccountRow account(const std::string& id, const std::string& email) {
    AccountRow row;
    row.id = id;
    row.email = email;
    row.login = email;
    row.phone = email;
    return row;
}

/// The id of the account that is meant, or "CODE: message | hint".
std::string meant(const Identity& identity, const std::vector<AccountRow>& candidates) {
    try {
        return matched(identity, candidates).id;
    } catch (const Error& error) {
        CHECK(error.exit == Exit::no_user);
        return error.code + ": " + error.message + " | " + error.hint;
    }
}

Identity email(const std::string& text) { return {AccountKey::email, text}; }

}  // namespace

TEST_CASE("the one account with exactly these bytes is meant, whatever looks like it") {
    const std::vector<AccountRow> candidates{account("1", "Ana@example.com"), account("2", "ana@example.com"),
                                             account("3", "ana@example.com "), account("4", "aná@example.com")};
    CHECK(meant(email("ana@example.com"), candidates) == "2");
    CHECK(meant({AccountKey::login, "aná@example.com"}, candidates) == "4");
    CHECK(meant({AccountKey::id, "3"}, candidates) == "3");
}

TEST_CASE("else the only one that differs in capitals is meant") {
    CHECK(meant(email("ANA@example.com"), {account("1", "ana@Example.com"), account("2", "anä@example.com")}) == "1");
}

TEST_CASE("two accounts that differ in capitals, or not at all, are ambiguous") {
    CHECK(meant(email("ANA@example.com"), {account("1", "ana@example.com"), account("2", "Ana@example.com")}) ==
          "AMBIGUOUS_USER: 'ANA@example.com' is the identity of 2 accounts | use one of id:1, id:2");
    CHECK(meant(email("a@x.com"), {account("1", "a@x.com"), account("2", "a@x.com"), account("3", "A@x.com")}) ==
          "AMBIGUOUS_USER: 'a@x.com' is the identity of 2 accounts | use one of id:1, id:2");
}

TEST_CASE("of many ambiguous accounts ten are named") {
    std::vector<AccountRow> many;
    for (int i = 1; i <= 12; ++i) many.push_back(account(std::to_string(i), "a@x.com"));
    CHECK(meant(email("a@x.com"), many) ==
          "AMBIGUOUS_USER: 'a@x.com' is the identity of 12 accounts | use one of id:1, id:2, id:3, id:4, id:5, id:6, "
          "id:7, id:8, id:9, id:10");
}

TEST_CASE("an account that only looks the same is refused, and the character named") {
    const auto told = [](const std::string& typed, const std::string& stored) {
        const std::string text = meant(email(typed), {account("7", stored)});
        const std::string start = "USER_NOT_FOUND: '" + typed + "' only looks like the identity of an account: ";
        const std::string end = " | if that account is meant, use id:7";
        REQUIRE(text.size() > start.size() + end.size());
        CHECK(text.substr(0, start.size()) == start);
        CHECK(text.substr(text.size() - end.size()) == end);
        return text.substr(start.size(), text.size() - start.size() - end.size());
    };
    CHECK(told("mıke@x.com", "mike@x.com") == "typed 'ı' U+0131, stored 'i' U+0069");
    CHECK(told("jose@x.com", "josé@x.com") == "typed 'e' U+0065, stored 'é' U+00E9");
    CHECK_THAT(told("ana@x.com", "ana\u200b@x.com"), ContainsSubstring("stored U+200B"));
    CHECK_THAT(told("ana@x.com", "ana@x.com "),
               ContainsSubstring("typed nothing, stored ") && ContainsSubstring("U+0020"));
    CHECK_THAT(told("ana@x.comm", "ana@x.com"), ContainsSubstring("stored nothing there"));
}

TEST_CASE("nobody is nobody, and a key is never matched by capitals or looks") {
    CHECK(meant(email("ana@x.com"), {}) ==
          "USER_NOT_FOUND: no account has the identity 'ana@x.com' | check the spelling with the caller");
    CHECK(meant({AccountKey::login, "bob"}, {}) ==
          "USER_NOT_FOUND: no account has the identity 'login:bob' | check the spelling with the caller");
    CHECK(meant({AccountKey::id, "AB"}, {account("ab", "ana@x.com")}) ==
          "USER_NOT_FOUND: no account has the identity 'id:AB' | ");
    CHECK(meant({AccountKey::id, "042"}, {account("42", "ana@x.com")}) ==
          "USER_NOT_FOUND: no account has the identity 'id:042' | ");
}

TEST_CASE("an account is found in the database with its roles, by the columns there are") {
    db::ConnectOptions options;
    options.kind = db::ConnectOptions::Kind::sqlite;
    options.path = ":memory:";
    db::Session session(options);
    session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)");
    session.run("CREATE TABLE roles (user INTEGER, role TEXT)");
    session.run("INSERT INTO users VALUES (1, 'ana@example.com'), (2, 'Ana@example.com')");
    session.run("INSERT INTO roles VALUES (1, 'staff')");
    db::UsersTable names;
    names.table = "users";
    names.id = "id";
    names.email = "email";
    names.roles = {{.column = "role", .in = {"roles", "user", {}}}};
    db::Accounts accounts(session, names);
    const AccountRow found = find_account(accounts, email("ana@example.com"));
    CHECK(found.id == "1");
    REQUIRE(found.roles.size() == 1);
    CHECK(found.roles.front().text == "staff");
    CHECK(find_account(accounts, {AccountKey::id, "2"}).email == "Ana@example.com");
    try {
        find_account(accounts, {AccountKey::login, "bob"});
        FAIL("found by a column that is not there");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::usage);
        CHECK(error.message == "this application has no column for 'login:bob'");
    }
}

TEST_CASE("a phone number is the same in every form, and only as a whole") {
    const Identity number = parse_identity("09121234567", "IR");
    const auto stored = [](const std::string& id, const std::string& phone) { return account(id, phone); };
    for (const char* text : {"09121234567", "+98 912 123 4567", "0098-912-1234567", "989121234567", "۰۹۱۲۱۲۳۴۵۶۷"}) {
        INFO(text);
        CHECK(meant(number, {stored("1", "garbage"), stored("2", text), stored("3", "09121234568")}) == "2");
    }
    CHECK(meant(number, {stored("1", "0912 123 4567"), stored("2", "+989121234567")}) ==
          "AMBIGUOUS_USER: '+989121234567' is the identity of 2 accounts | use one of id:1, id:2");
    const std::string nobody =
        "USER_NOT_FOUND: no account has the phone number '+989121234567' | check the number with the caller";
    CHECK(meant(number, {}) == nobody);
    CHECK(meant(number, {stored("1", ""), stored("2", "912")}) == nobody);
}
