#include "src/jobs/selection.h"

#include <sstream>

#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

/// A shop that knows of its accounts when they were made, were seen and changed their passwords.
struct Shop : Desk {
    Shop() {
        session.run("ALTER TABLE users ADD COLUMN made TEXT");
        session.run("ALTER TABLE users ADD COLUMN seen TEXT");
        session.run("ALTER TABLE users ADD COLUMN changed TEXT");
        user(1, "customer", "'2025-01-01 00:00:00'", "'2026-01-01 00:00:00'", "'2025-01-01 00:00:00'");
        user(2, "admin", "'2026-01-01 00:00:00'", "NULL", "'2026-02-01 00:00:00'");
        user(3, "customer", "NULL", "'0000-00-00 00:00:00'", "NULL");
        user(4, "editor", "1735689600", "'soon'", "'2026-01-31 23:59:59'");
        users.users.created_at = "made";
        users.users.last_login = "seen";
        users.users.password_changed_at = "changed";
    }
    void user(int id, const std::string& role, const std::string& made, const std::string& seen,
              const std::string& changed) {
        account({.id = id, .email = "user" + std::to_string(id) + "@example.com", .role = role});
        session.run("UPDATE users SET made = " + made + ", seen = " + seen + ", changed = " + changed +
                    " WHERE id = " + std::to_string(id));
    }
    Context context() {
        Context made{world.env, users, keys, session, many(), who, "trace"};
        made.at_work = at_work;
        return made;
    }
    db::Accounts& many() {
        if (!accounts_) accounts_.emplace(session, users_table(users.users));
        return *accounts_;
    }
    /// "1 2 3", of pages of this size.
    std::string selected(const Filters& filters, int most = 100) {
        Context one = context();
        Selection selection(one, filters);
        std::string ids;
        SelectedPage page;
        for (int pages = 0; pages < 20 && !page.last; ++pages) {
            page = selection.page(page.next, most);
            for (const auto& account : page.accounts) ids += (ids.empty() ? "" : " ") + account.id;
        }
        return ids;
    }
    SelectedPage page(const Filters& filters) {
        Context one = context();
        return Selection(one, filters).page("", 100);
    }
    std::string fault(const Filters& filters) {
        try {
            selected(filters);
        } catch (const Error& error) {
            return error.code + ": " + error.message;
        }
        return "none";
    }

    Config users = config;

private:
    std::optional<db::Accounts> accounts_;
};

Time moment(const char* text) { return *parse_rfc3339(text); }

}  // namespace

TEST_CASE("a selection is everybody, in pages of any size, and complete") {
    Shop shop;
    for (const int most : {1, 2, 3, 100}) CHECK(shop.selected({.all = true}, most) == "1 2 3 4");
    const auto page = shop.page({.all = true});
    CHECK(page.accounts.at(1).email == "user2@example.com");
    CHECK(page.accounts.at(1).roles.at(0).text == "admin");
    CHECK(page.looked_at == 4);
    CHECK(page.last);
}

TEST_CASE("a selection is of roles, of times, and of several filters at once") {
    Shop shop;
    CHECK(shop.selected({.roles = {"Customer"}}) == "1 3");
    CHECK(shop.selected({.roles = {"admin", "editor"}}) == "2 4");
    CHECK(shop.selected({.roles = {"nobody"}}).empty());
    // Of account 3 nobody knows when it was made.
    CHECK(shop.selected({.created_before = moment("2026-01-01T00:00:00Z")}) == "1 3 4");
    CHECK(shop.page({.created_before = moment("2026-01-01T00:00:00Z")}).unknown_created == 1);
    // What is not known counts as not changed.
    CHECK(shop.selected({.not_changed_since = moment("2026-02-01T00:00:00Z")}) == "1 3 4");
    CHECK(shop.page({.not_changed_since = moment("2026-02-01T00:00:00Z")}).unknown_changed == 1);
    CHECK(shop.selected({.never_logged_in = true}) == "2 3");
    CHECK(shop.page({.never_logged_in = true}).unknown_login == 1);
    CHECK(shop.selected({.roles = {"customer"}, .never_logged_in = true}) == "3");
    CHECK(shop.selected({.all = true, .roles = {"customer"}}) == "1 3");
}

TEST_CASE("those in the list are left out of a selection, and counted") {
    Shop shop;
    CHECK(shop.selected({.all = true, .excluded = {"3", "1", "77"}}) == "2 4");
    CHECK(shop.page({.all = true, .excluded = {"3", "1", "77"}}).excluded == 2);
    CHECK(shop.page({.roles = {"admin"}, .excluded = {"3"}}).accounts.size() == 1);
}

TEST_CASE("a list of those to be left out names accounts by any identity") {
    Shop shop;
    Context context = shop.context();
    std::istringstream file("identity\nuser3@example.com\nid:1\nid:3\nnobody@example.com\n");
    Input input(file, "");
    const auto exclusion = read_exclusion(context, input);
    CHECK(exclusion.keys == std::vector<std::string>{"1", "3"});
    CHECK(exclusion.unknown_rows == 1);
    CHECK(exclusion.unknown == std::vector<std::string>{"line 5: USER_NOT_FOUND"});
    std::istringstream faulty("identity\nuser3\n");
    Input other(faulty, "");
    CHECK(thrown_by([&] { read_exclusion(context, other); }) == "INVALID_INPUT 65");
    std::string many;
    for (int i = 0; i < 300; ++i) many += "id:" + std::to_string(1000 + i) + std::string(200, 'x') + "\n";
    std::istringstream too_many(many);
    Input third(too_many, "");
    CHECK(thrown_by([&] { read_exclusion(context, third); }) == "INVALID_INPUT 65");
}

TEST_CASE("who comes later is not in a selection that goes on") {
    Shop shop;
    Context context = shop.context();
    Filters kept;
    std::string next;
    {
        Selection selection(context, {.all = true});
        next = selection.page("", 2).next;
        kept = read_filters(text_of(selection.filters()));
    }
    CHECK(next == "2");
    CHECK(kept.upto == "4");
    shop.account({.id = 5, .email = "late@example.com"});
    const auto page = Selection(context, kept).page(next, 100);
    REQUIRE(page.accounts.size() == 2);
    CHECK(page.accounts.back().id == "4");
    CHECK(page.last);
}

TEST_CASE("a filter whose column nobody named is a fault of the configuration, and names it") {
    Shop shop;
    shop.users.users.created_at.clear();
    shop.users.users.last_login.clear();
    shop.users.users.password_changed_at.clear();
    CHECK(shop.fault({.created_before = moment("2026-01-01T00:00:00Z")}) ==
          "CONFIG: no 'users.created_at' for --created-before");
    CHECK(shop.fault({.not_changed_since = moment("2026-01-01T00:00:00Z")}) ==
          "CONFIG: no 'users.password_changed_at' for --not-changed-since");
    CHECK(shop.fault({.never_logged_in = true}) == "CONFIG: no 'users.last_login' for --never-logged-in");
    shop.users.users.roles.clear();
    CHECK(shop.fault({.roles = {"admin"}}) == "CONFIG: no 'users.role' for --role");
    CHECK(shop.fault({}) == "USAGE: nothing says whom the request is for");
    CHECK(shop.fault({.roles = {"ad\x1Bmin"}}) == "USAGE: 'ad\\u{1B}min' after --role is no role");
}

TEST_CASE("filters are kept as text, and are the same afterwards") {
    const Filters filters{.all = true,
                          .roles = {"admin", "a \"b\\c\""},
                          .created_before = moment("2026-01-01T00:00:00Z"),
                          .not_changed_since = moment("2026-02-01T12:34:56Z"),
                          .never_logged_in = true,
                          .excluded = {"1", "رضا"},
                          .upto = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"};
    const auto read = read_filters(text_of(filters));
    CHECK(text_of(read) == text_of(filters));
    CHECK(read.roles == filters.roles);
    CHECK(read.excluded == filters.excluded);
    CHECK(read.created_before == filters.created_before);
    CHECK(read.not_changed_since == filters.not_changed_since);
    CHECK(text_of(read_filters(text_of({}))).empty());
    CHECK(thrown_by([] { read_filters("other = true"); }) == "CONFIG 78");
}

TEST_CASE("a selection is counted, or estimated where there is no time") {
    Shop shop;
    Context context = shop.context();
    Selection all(context, {.all = true});
    CHECK((all.count(Seconds(2)).number == 4 && all.count(Seconds(2)).exact));
    Selection some(context, {.roles = {"customer"}});
    CHECK((some.count(Seconds(2)).number == 2 && some.count(Seconds(2)).exact));
    CHECK_FALSE(some.count(Seconds(0)).exact);
}
