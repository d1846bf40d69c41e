// Why is this user stuck: everything in one look, which changes nothing, and what became of a link that was pasted.
#include "src/recovery/inspect.h"

#include "src/recovery/public.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

Inspection look_at(Desk& desk, const std::string& target) {
    Context context = desk.invocation();
    return inspect(context, target, {});
}

Inspection look_at_link(Desk& desk, const std::string& text) {
    Context context = desk.invocation();
    return inspect_link(context, Secret(text), {});
}

/// "superseded" of the link in the first mail.
std::string verdict(Desk& desk) {
    return std::string(word_of(look_at_link(desk, desk.post.posted.front().token()).link->verdict));
}

/// "NOT_FOUND 1: the link has …"
std::string not_looked_at(const std::function<void()>& look) {
    try {
        look();
        return "done";
    } catch (const Error& error) {
        return error.code + " " + std::to_string(static_cast<int>(error.exit)) + ": " + error.message;
    }
}

/// Ada was sent a link.
void ada_has_a_link(Desk& desk) {
    desk.account({});
    desk.request("id:42");
}

}  // namespace

TEST_CASE("a look shows the live token, its delivery and what happened, and is itself recorded") {
    Desk desk;
    ada_has_a_link(desk);
    const auto found = look_at(desk, "ada@example.com");
    CHECK(found.account == "42");
    REQUIRE(found.live.size() == 1);
    CHECK(found.live.front().state == TokenState::live);
    REQUIRE(found.deliveries.size() == 1);
    CHECK(found.deliveries.front().state == DeliveryState::sent);
    Lines history;
    for (const auto& row : found.history) history.push_back(row.action + " " + row.result);
    CHECK(history == Lines{"send sent", "mint done", "request queued"});
    CHECK(desk.trail().back() == "inspect done");
}

TEST_CASE("a look changes neither token nor delivery nor limit of the account") {
    Desk desk;
    ada_has_a_link(desk);
    look_at(desk, "id:42");
    CHECK(desk.tokens() == Lines{"live"});
    CHECK(desk.delivery() == "sent");
    CHECK(desk.text("SELECT hits FROM pwreset_limits WHERE limit_key = 'account:42'") == "1");
}

TEST_CASE("a look says for each kind why it may not be sent") {
    Desk desk;
    desk.account({.password = "!"});
    const auto found = look_at(desk, "id:42");
    CHECK(refusal_of(found, Kind::link)->reason == std::string("no_password"));
    CHECK(refusal_of(found, Kind::reset_otp)->reason == std::string("no_password"));
    CHECK(refusal_of(found, Kind::verify_caller) == nullptr);
}

TEST_CASE("a look says what is left of each limit, and until when") {
    Desk desk;
    ada_has_a_link(desk);
    const auto found = look_at(desk, "id:42");
    const auto& cooldown = found.limits.at(0);
    CHECK(cooldown.name == "cooldown");
    CHECK(cooldown.kind == Kind::link);
    CHECK(cooldown.left == 0);
    CHECK(rfc3339(cooldown.until.value()) == "2026-03-01T12:36:56Z");
}

TEST_CASE("a look says what is left of the calls from web pages, however the address was typed there") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    for (const char* typed : {"Ada@Example.com", "09121234567"}) {
        Context context = desk.invocation();
        PublicCall call;
        call.identity = typed;
        take_in(context, call, {});
    }
    int seen = 0;
    for (const auto& limit : look_at(desk, "id:42").limits) {
        if (limit.name != "web" && limit.name != "web_cooldown") continue;
        ++seen;
        CHECK(limit.left == limit.most - 1);
        CHECK(limit.channel.has_value());
        CHECK(limit.until.has_value());
    }
    CHECK(seen == 4);
}

TEST_CASE("an uncertain delivery is shown as what it is") {
    Desk desk;
    desk.account({});
    desk.post.answers = {{Verdict::unknown, true, "the connection broke"}};
    desk.request("id:42");
    CHECK(look_at(desk, "id:42").deliveries.front().state == DeliveryState::uncertain);
}

TEST_CASE("a relay that refuses our login is told for what was asked for, and for all that waits behind others") {
    Desk desk;
    const auto refuse = [](Channel) {
        throw LoginRefused(unavailable("relay 'mail.example' refused the login of 'shop': 535"));
    };
    desk.config.mail.host = "mail.example";
    desk.config.limits.per_operator = {100, Seconds(3600)};
    desk.post.opening = refuse;
    for (int id = 1; id <= 9; ++id) desk.account({.id = id, .email = "u" + std::to_string(id) + "@example.com"});
    desk.request("id:1");
    const auto asked = look_at(desk, "id:1").deliveries.front();
    CHECK(asked.state == DeliveryState::queued);
    CHECK(asked.relay == "mail.example");
    CHECK(asked.answer == "relay 'mail.example' refused the login of 'shop': 535");
    CHECK(asked.reason == "login");
    for (int id = 2; id <= 9; ++id) desk.request("id:" + std::to_string(id), {.queue = true});
    CHECK(thrown_by([&] { desk.deliver(); }) == "UNAVAILABLE 69");
    CHECK(desk.delivery(9) == "queued");
    CHECK(look_at(desk, "id:9").deliveries.front().reason == "login");
    desk.post.opening = {};
    desk.deliver();
    CHECK(desk.delivery(2) == "sent");
    CHECK_FALSE(look_at(desk, "id:9").deliveries.front().reason);
}

TEST_CASE("a look by a reference is a look at its account") {
    Desk desk;
    ada_has_a_link(desk);
    const auto found = look_at(desk, "ref:" + reference_of(1));
    CHECK(found.account == "42");
    CHECK(found.asked == 1);
}

TEST_CASE("an account that the application has deleted is still looked at") {
    Desk desk;
    ada_has_a_link(desk);
    desk.session.run("DELETE FROM users");
    const auto found = look_at(desk, "id:42");
    CHECK_FALSE(found.row);
    CHECK(found.live.size() == 1);
}

TEST_CASE("a second factor is seen by the columns that are known to be one") {
    Desk desk;
    ada_has_a_link(desk);
    CHECK_FALSE(look_at(desk, "id:42").second_factor);
    desk.session.run("ALTER TABLE users ADD COLUMN two_factor_enabled INTEGER DEFAULT 1");
    CHECK(look_at(desk, "id:42").second_factor->set == true);
}

TEST_CASE("a look at an address that nobody has suggests what may have been meant") {
    Desk desk;
    Context context = desk.invocation();
    try {
        inspect(context, "ada@gmial.com", {});
        FAIL("it was found");
    } catch (const Error& error) {
        CHECK(error.code == "USER_NOT_FOUND");
        CHECK(error.hint == "is 'gmail.com' meant? check the spelling with the caller");
    }
    CHECK(desk.trail() == Lines{"inspect USER_NOT_FOUND"});
}

TEST_CASE("a key that neither application nor trail knows is not found") {
    Desk desk;
    CHECK(not_looked_at([&] { look_at(desk, "id:42"); }) == "USER_NOT_FOUND 67: no account has the identity 'id:42'");
}

TEST_CASE("who looks too often is refused, and that is recorded") {
    Desk desk;
    desk.config.limits.lookups = {1, Seconds(3600)};
    desk.account({});
    look_at(desk, "id:42");
    CHECK(not_looked_at([&] {
              look_at(desk, "id:42");
          }).starts_with("RATE_LIMITED 75: your own budget, 'lookups' of [limits], is used up"));
    CHECK(desk.trail() == Lines{"inspect done", "inspect RATE_LIMITED"});
}

TEST_CASE("a pasted link is valid") {
    Desk desk;
    ada_has_a_link(desk);
    CHECK(verdict(desk) == "valid");
    CHECK(desk.tokens() == Lines{"live"});
    CHECK(desk.last_entry().detail == "link, token 1");
}

TEST_CASE("a pasted link has expired") {
    Desk desk;
    ada_has_a_link(desk);
    desk.later(Seconds(3600));
    CHECK(verdict(desk) == "expired");
}

TEST_CASE("a pasted link was superseded, by which one is said") {
    Desk desk;
    ada_has_a_link(desk);
    desk.later(Seconds(120));
    desk.request("id:42");
    CHECK(verdict(desk) == "superseded");
    CHECK(look_at_link(desk, desk.post.posted.front().token()).link->successor->id == 2);
}

TEST_CASE("a pasted link was used") {
    Desk desk;
    ada_has_a_link(desk);
    desk.uses_token();
    CHECK(verdict(desk) == "used");
}

TEST_CASE("a pasted link was revoked") {
    Desk desk;
    ada_has_a_link(desk);
    desk.take_back("id:42");
    CHECK(verdict(desk) == "revoked");
}

TEST_CASE("a pasted link ended otherwise, and the token says how") {
    Desk desk;
    desk.account({});
    desk.post.answers = {{Verdict::permanent, true, "550 5.1.1 no such user"}};
    desk.request("id:42");
    CHECK(verdict(desk) == "ended");
    CHECK(look_at_link(desk, desk.mail().token()).link->token.void_reason == "undeliverable");
}

TEST_CASE("a link that the mail broke is mended, and where it was broken is said") {
    Desk desk;
    ada_has_a_link(desk);
    const std::string token = desk.mail().token();
    const auto found =
        look_at_link(desk, "https://shop.example/reset?token=" + token.substr(0, 20) + "\n" + token.substr(20));
    CHECK(found.link->verdict == PastedLink::Verdict::valid);
    REQUIRE(found.link->injuries.size() == 1);
    CHECK(found.link->injuries.front().what == Damage::line_break);
    CHECK(found.link->injuries.front().digits_before == 20);
}

TEST_CASE("a link that was cut is not guessed") {
    Desk desk;
    ada_has_a_link(desk);
    CHECK(not_looked_at([&] { look_at_link(desk, desk.mail().token().substr(0, 60)); }) ==
          "NOT_FOUND 1: the link has only 60 of 64 digits: it was cut at the end");
}

TEST_CASE("a link that was never ours is told from one of ours") {
    Desk desk;
    ada_has_a_link(desk);
    CHECK(not_looked_at([&] { look_at_link(desk, std::string(64, 'a')); }) ==
          "NOT_FOUND 1: the link is whole, but none of ours");
}

TEST_CASE("a code is not taken for a link") {
    Desk desk;
    CHECK(not_looked_at([&] { look_at_link(desk, "123456"); }) == "INVALID_INPUT 65: that is a code, not a link");
}

TEST_CASE("what holds no link is refused without a word of it") {
    Desk desk;
    CHECK(not_looked_at([&] { look_at_link(desk, "hello"); }) ==
          "INVALID_INPUT 65: there is no link and no token in what was entered");
    CHECK(desk.trail() == Lines{"inspect INVALID_INPUT"});
}
