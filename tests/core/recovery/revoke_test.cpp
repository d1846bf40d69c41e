// Taking back: tokens, deliveries and temporary passwords, of one account, of one delivery, of all.
#include "src/recovery/revoke.h"

#include "src/recovery/revoke_issued.h"

#include <csignal>

#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

/// "NOT_FOUND 1: …; hint" of a revocation that was refused.
std::string not_revoked(Desk& desk, const std::string& target) {
    try {
        desk.take_back(target);
        return "done";
    } catch (const Error& error) {
        return error.code + " " + std::to_string(static_cast<int>(error.exit)) + ": " + error.message + "; " +
               error.hint;
    }
}

}  // namespace

TEST_CASE("revoking an account ends its tokens and what is queued for it, and says how many") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.request("id:42", {.kind = Kind::reset_otp, .queue = true});
    const auto result = desk.take_back("ada@example.com");
    CHECK(result.tokens == 1);
    CHECK(result.deliveries == 1);
    CHECK(desk.tokens() == Lines{"void revoked"});
    CHECK(desk.delivery(2) == "cancelled revoked");
    CHECK(desk.last_entry().detail == "1 tokens, 1 deliveries");
    CHECK(desk.deliver().moved() == 0);
}

TEST_CASE("what one operator issued is taken back, also what waits, and nobody else's") {
    Desk desk;
    desk.account({});
    desk.account({.id = 43, .email = "bob@example.com"});
    desk.account({.id = 44, .email = "eve@example.com"});
    const Time before = desk.session.now();
    desk.request("id:42");
    desk.request("id:43", {.queue = true});
    desk.who.name = "anna";
    desk.request("id:44");
    Context context = desk.invocation();
    const auto dry = revoke_issued(context, {"tom", before}, {}, true);
    CHECK(desk.tokens() == Lines{"live", "live"});
    const auto done = revoke_issued(context, {"tom", before}, {.ticket = "SEC-7", .reason = {}}, false);
    for (const auto& results : {dry.results, done.results}) {
        REQUIRE(results.size() == 2);
        CHECK(results[0].target == "ref:" + reference_of(1));
        CHECK(results[0].account == "42");
        CHECK((results[0].tokens == 1 && results[0].deliveries == 0));
        CHECK((results[1].tokens == 0 && results[1].deliveries == 1));
    }
    CHECK(desk.tokens() == Lines{"void revoked", "live"});
    CHECK(desk.delivery(2) == "cancelled revoked");
    CHECK(desk.last_entry().ticket == "SEC-7");
}

TEST_CASE("of what one operator issued, what was used or is older is told or left") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.uses_token();
    const Time before = desk.session.now() - Seconds(60);
    Context context = desk.invocation();
    try {
        revoke_issued(context, {"tom", before}, {}, false);
        FAIL("there was nothing left");
    } catch (const Error& error) {
        CHECK(error.code == "NOT_FOUND");
        CHECK(error.message.ends_with("is open or live; used before: 1"));
    }
    desk.account({.id = 43, .email = "bob@example.com"});
    desk.request("id:43");
    CHECK(revoke_issued(context, {"tom", before}, {}, true).used == 1);
    CHECK(thrown_by([&] {
              revoke_issued(context, {"tom", desk.session.now() + Seconds(60)}, {}, false);
          }) == "NOT_FOUND 1");
}

TEST_CASE("revoking a delivery leaves the account's others alone") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.request("id:42", {.kind = Kind::reset_otp});
    desk.take_back("ref:" + reference_of(1));
    CHECK(desk.tokens() == Lines{"void revoked", "live"});
}

TEST_CASE("where there is nothing to revoke that is said") {
    Desk desk;
    desk.account({});
    CHECK(not_revoked(desk, "id:42") ==
          "NOT_FOUND 1: 'id:42' has no live token and nothing queued; 'pwreset list-tokens' shows what there was");
    CHECK(desk.trail() == Lines{"revoke NOT_FOUND"});
}

TEST_CASE("a reference that is mistyped is told from one that nobody has") {
    Desk desk;
    std::string mistyped = reference_of(1);
    mistyped.back() = mistyped.back() == '7' ? '8' : '7';
    CHECK(not_revoked(desk, "ref:" + mistyped) == "INVALID_IDENTITY 65: 'ref:" + mistyped +
                                                      "' is not a reference; a reference looks like 7K3Q-M2; its last "
                                                      "character is a check");
    CHECK(not_revoked(desk, "ref:" + reference_of(1)) ==
          "NOT_FOUND 1: there is no delivery 'ref:" + reference_of(1) + "'; check it with the caller");
}

TEST_CASE("an identity that nobody has is refused a revocation") {
    Desk desk;
    CHECK(not_revoked(desk, "eve@example.com").starts_with("USER_NOT_FOUND 67: "));
}

TEST_CASE("what an account holds is revoked by its key also when the application has deleted it") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.session.run("DELETE FROM users");
    CHECK(desk.take_back("id:42").tokens == 1);
}

TEST_CASE("an expired token is nothing to revoke") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.later(Seconds(3600));
    CHECK(not_revoked(desk, "id:42").starts_with("NOT_FOUND 1: "));
}

TEST_CASE("a dry run of a revocation counts, and ends nothing") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    Context context = desk.invocation();
    CHECK(revoke(context, "id:42", {}, true).tokens == 1);
    CHECK(desk.tokens() == Lines{"live"});
    CHECK(desk.trail().back() == "revoke dry run");
}

TEST_CASE("revoking all needs the number there is") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    Context context = desk.invocation();
    CHECK(thrown_by([&] { revoke_all(context, 2, {}); }) == "USAGE 64");
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("revoking all ends every token, delivery and temporary password") {
    Desk desk;
    desk.account({});
    desk.account({.id = 7, .email = "bob@example.com"});
    desk.request("id:42");
    desk.request("id:7", {.queue = true});
    desk.request("id:42", {.kind = Kind::temporary_password});
    const std::string stored = desk.password_of();
    Context context = desk.invocation();
    const auto there = count_all(context);
    const auto result = revoke_all(context, there.tokens + there.deliveries, {});
    CHECK(result.tokens == 2);
    CHECK(result.deliveries == 1);
    CHECK(result.passwords == 1);
    CHECK(desk.password_of() != stored);
    CHECK(desk.trail().back() == "revoke-all done");
}

TEST_CASE("a signal ends the revocation of all between two stretches, and says what is done") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.signal = SIGINT;
    Context context = desk.invocation();
    CHECK(thrown_by([&] { revoke_all(context, 1, {}); }) == "INTERRUPTED 130");
    CHECK(desk.tokens() == Lines{"live"});
}

namespace {

/// Forty-five accounts, each of which was given a temporary password.
void give_passwords(Desk& desk) {
    desk.config.limits.per_operator = {100, Seconds(3600)};
    for (int id = 1; id <= 45; ++id) {
        desk.account({.id = id, .email = "u" + std::to_string(id) + "@example.com"});
        desk.request("id:" + std::to_string(id), {.kind = Kind::temporary_password});
    }
}

}  // namespace

TEST_CASE("revoking all ends temporary passwords twenty at a time") {
    Desk desk;
    give_passwords(desk);
    Context context = desk.invocation();
    CHECK(revoke_all(context, 45, {}).passwords == 45);
    CHECK(desk.lines("SELECT detail FROM pwreset_audit WHERE action = 'revoke-all' ORDER BY id", 1) ==
          Lines{"45 tokens, 0 deliveries", "0 tokens, 0 deliveries, 20 passwords",
                "0 tokens, 0 deliveries, 20 passwords", "0 tokens, 0 deliveries, 5 passwords"});
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_tokens WHERE erase_at IS NOT NULL") == "0");
}

TEST_CASE("a signal between two of them leaves the rest for the next revocation of all") {
    Desk desk;
    give_passwords(desk);
    desk.looked = [&] {
        const auto ended = desk.text("SELECT COUNT(*) FROM pwreset_audit WHERE action = 'revoke-all'");
        if (ended == "2") desk.signal = SIGINT;
    };
    Context context = desk.invocation();
    CHECK(thrown_by([&] { revoke_all(context, 45, {}); }) == "INTERRUPTED 130");
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_tokens WHERE erase_at IS NOT NULL") == "25");
    desk.looked = {};
    desk.signal = 0;
    CHECK(revoke_all(context, 0, {}).passwords == 25);
}
