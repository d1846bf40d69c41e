// How often something may be asked for: each limit by itself, how long it lasts, and what lifts it.
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

const Rate once{1, Seconds{3600}};

/// Two accounts; the second has the first one's address only where that is said.
void two_accounts(Desk& desk, const std::string& second = "bob@example.com") {
    desk.account({});
    desk.account({.id = 7, .email = second});
}

/// What the second request is answered.
Error limited(Desk& desk, const std::string& identity, const Ask& ask = {}) {
    const auto result = desk.request(identity, ask);
    REQUIRE(result.failure);
    CHECK(result.failure->exit == Exit::limited);
    CHECK(result.failure->code == "RATE_LIMITED");
    CHECK(desk.last_entry().result == "RATE_LIMITED");
    return *result.failure;
}

}  // namespace

TEST_CASE("a second request within two minutes is refused, with the seconds left and what was sent before") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.ticket = "SUP-4702"});
    desk.later(Seconds(40));
    const auto error = limited(desk, "id:42");
    CHECK(error.available_in_seconds == 80);
    CHECK(error.message ==
          "this account was sent one just now; the next is possible in 1 min 20 s (last: sent 40 s ago by tom "
          "(SUP-4702), accepted by relay.test)");
}

TEST_CASE("after two minutes the next request is sent") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.later(Seconds(120));
    CHECK(desk.outcome("id:42") == "accepted");
}

TEST_CASE("a code does not wait for the cooldown of a link") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    CHECK(desk.outcome("id:42", {.kind = Kind::reset_otp}) == "accepted");
}

TEST_CASE("the limit of an account is shared by every kind and every name for it") {
    Desk desk;
    desk.config.limits.per_account = once;
    desk.account({.login = "ada"});
    desk.request("ada@example.com");
    CHECK(limited(desk, "login:ada", {.kind = Kind::reset_otp}).message.starts_with("this account has had its share"));
}

TEST_CASE("the limit of a recipient is shared by the accounts that have the address") {
    Desk desk;
    desk.config.limits.per_recipient = once;
    two_accounts(desk, "Ada@example.com");
    desk.request("id:42");
    CHECK(limited(desk, "id:7").message.starts_with("this recipient has had its share"));
}

TEST_CASE("the limit of an operator is his own") {
    Desk desk;
    desk.config.limits.per_operator = once;
    two_accounts(desk);
    desk.request("id:42");
    const auto error = limited(desk, "id:7");
    CHECK(error.message.starts_with("your own budget, 'per_operator' of [limits], is used up"));
    CHECK(error.hint == "wait; it counts for you alone, and no option lifts it");
    // What the account was sent last has nothing to do with it.
    CHECK(limited(desk, "id:42").message.find("last:") == std::string::npos);
    desk.who.name = "tina";
    CHECK(desk.outcome("id:7") == "accepted");
}

TEST_CASE("the overall limit is that of all operators together") {
    Desk desk;
    desk.config.limits.agents = once;
    two_accounts(desk);
    desk.request("id:42");
    desk.who.name = "tina";
    CHECK(limited(desk, "id:7").message.starts_with("all operators together have sent their share"));
}

TEST_CASE("web back ends have an overall limit of their own") {
    Desk desk;
    desk.config.limits.agents = once;
    desk.config.limits.web = once;
    two_accounts(desk);
    desk.request("id:42");
    CHECK(desk.outcome("id:7", {.budget = Budget::web}) == "accepted");
    CHECK(limited(desk, "id:7", {.kind = Kind::reset_otp, .budget = Budget::web})
              .message.starts_with("the web back ends have had their share"));
}

TEST_CASE("--override-limits lifts cooldown and account limit") {
    Desk desk;
    desk.config.limits.per_account = once;
    desk.account({});
    desk.request("id:42");
    CHECK(desk.outcome("id:42", {.override_limits = true}) == "accepted");
    CHECK(desk.text("SELECT detail FROM pwreset_audit WHERE action = 'request' ORDER BY id DESC") ==
          "link, limits overridden");
}

TEST_CASE("--override-limits lifts no limit of a recipient, of an operator or overall") {
    for (auto limit : {&LimitsConfig::per_recipient, &LimitsConfig::per_operator, &LimitsConfig::agents}) {
        Desk desk;
        desk.config.limits.*limit = once;
        desk.account({});
        desk.request("id:42");
        CHECK(desk.outcome("id:42", {.override_limits = true}) == "RATE_LIMITED 75");
    }
}

TEST_CASE("of two limits that are used up the longer one is answered") {
    Desk desk;
    desk.config.limits.per_operator = once;
    desk.account({});
    desk.request("id:42");
    CHECK(limited(desk, "id:42").available_in_seconds == 3600);
}

TEST_CASE("a refusal takes nothing of the other limits") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.request("id:42");
    CHECK(desk.text("SELECT hits FROM pwreset_limits WHERE limit_key = 'account:42'") == "1");
    CHECK(desk.text("SELECT hits FROM pwreset_limits WHERE limit_key = 'operator:tom'") == "1");
}

TEST_CASE("who asks for accounts that do not exist uses up his share") {
    Desk desk;
    desk.config.limits.per_operator = once;
    CHECK(desk.outcome("eve@example.com") == "USER_NOT_FOUND 67");
    CHECK(desk.outcome("eva@example.com") == "RATE_LIMITED 75");
}

TEST_CASE("an address that nobody has is counted like one that somebody has") {
    Desk desk;
    desk.config.limits.per_recipient = once;
    CHECK(desk.outcome("eve@example.com") == "USER_NOT_FOUND 67");
    CHECK(desk.outcome("eve@example.com") == "RATE_LIMITED 75");
}

TEST_CASE("a dry run takes a look-up for each identity that is one, and nothing else") {
    Desk desk;
    desk.config.limits.lookups = {2, Seconds(3600)};
    desk.account({});
    CHECK(desk.outcome("nobody@@", {.dry_run = true}) == "INVALID_IDENTITY 65");
    CHECK(desk.outcome("id:42", {.dry_run = true}) == "would be sent");
    CHECK(desk.outcome("eve@example.com", {.dry_run = true}) == "USER_NOT_FOUND 67");
    CHECK(desk.outcome("id:42", {.dry_run = true}) == "RATE_LIMITED 75");
    CHECK(desk.outcome("eve@example.com", {.dry_run = true}) == "RATE_LIMITED 75");
    CHECK(desk.lines("SELECT limit_key, hits FROM pwreset_limits WHERE hits > 0", 2) == Lines{"lookups:tom 2"});
    CHECK(desk.outcome("id:42") == "accepted");
}

TEST_CASE("a dry run of revoke takes a look-up, too, and its refusal is recorded") {
    Desk desk;
    desk.config.limits.lookups = {2, Seconds(3600)};
    desk.account({});
    desk.request("id:42");
    const auto would_revoke = [&](const std::string& target) {
        Context context = desk.invocation();
        return thrown_by([&] { revoke(context, target, {}, true); });
    };
    CHECK(would_revoke("nobody@@") == "INVALID_IDENTITY 65");
    CHECK(would_revoke("id:42").empty());
    CHECK(would_revoke("ref:" + reference_of(1)).empty());
    CHECK(would_revoke("eve@example.com") == "RATE_LIMITED 75");
    CHECK(desk.trail().back() == "revoke RATE_LIMITED");
    CHECK(desk.take_back("id:42").tokens == 1);
}

TEST_CASE("a malformed identity takes no limits") {
    Desk desk;
    desk.config.limits.per_operator = once;
    desk.account({});
    desk.outcome("nobody@@");
    CHECK(desk.outcome("id:42") == "accepted");
}

TEST_CASE("the numbers around one share a limit of text messages") {
    Desk desk;
    desk.config.sms->budget.per_range = once;
    desk.account({.phone = "+989121234567"});
    desk.account({.id = 7, .phone = "+989121234999"});
    desk.request("+989121234567");
    CHECK(
        limited(desk, "+989121234999").message.starts_with("the numbers around this one have had their text messages"));
}

TEST_CASE("all text messages share a limit, and a second one for the day") {
    for (auto budget : {&SmsBudgetConfig::overall, &SmsBudgetConfig::per_day}) {
        Desk desk;
        desk.config.sms->budget.*budget = once;
        desk.account({.phone = "+989121234567"});
        desk.account({.id = 7, .phone = "+989351234999"});
        desk.request("+989121234567");
        CHECK(desk.outcome("+989351234999") == "RATE_LIMITED 75");
    }
}

TEST_CASE("one number has a limit of text messages, whoever is asked for") {
    Desk desk;
    desk.config.sms->budget.per_number = once;
    desk.account({.phone = "+989121234567"});
    desk.account({.id = 7, .phone = "+989121234567"});
    desk.request("id:42", {.channel = Channel::sms});
    CHECK(
        limited(desk, "id:7", {.channel = Channel::sms}).message.starts_with("this number has had its text messages"));
}
