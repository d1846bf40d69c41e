// What web back ends ask for: a call that looks nothing up, and the work on it afterwards, of which nobody is told.
#include "src/recovery/intake.h"

#include <csignal>

#include "src/recovery/public.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

/// A call as a web back end makes it, with what it is refused recorded as cmd/ does it; "" when it was taken in.
std::string call(Desk& desk, const PublicCall& asked, const CaptchaCheck& captcha = {}) {
    Context context = desk.invocation();
    return thrown_by([&] {
        try {
            take_in(context, asked, captcha);
        } catch (const Error& error) {
            record_refused(context, asked, error);
            throw;
        }
    });
}

PublicCall asks_for(const std::string& identity) {
    PublicCall asked;
    asked.identity = identity;
    return asked;
}

IntakeTally work_off(Desk& desk) {
    Context context = desk.invocation();
    return work_off_intake(context, 50);
}

/// How a request ended for the trail, which alone is told: "FORBIDDEN disabled".
std::string ended(Desk& desk, const std::string& identity = "ada@example.com") {
    call(desk, asks_for(identity));
    const auto tally = work_off(desk);
    CHECK(tally.queued == 0);
    CHECK(tally.refused == 1);
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_intake") == "0");
    const auto entry = desk.last_entry();
    return entry.result + (entry.reason ? " " + *entry.reason : "");
}

}  // namespace

TEST_CASE("a call is taken in, worked off and sent, each under the trace id of the call") {
    Desk desk;
    desk.account({});
    CHECK(call(desk, asks_for("ada@example.com")) == "");
    CHECK(work_off(desk).queued == 1);
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.trail() == Lines{"request-public queued", "request queued", "mint done", "send sent"});
    CHECK(desk.text("SELECT COUNT(DISTINCT trace_id) FROM pwreset_audit WHERE action LIKE 'request%'") == "1");
}

TEST_CASE("a call for an account and one for nobody leave the same rows behind") {
    Desk desk;
    desk.account({});
    call(desk, asks_for("ada@example.com"));
    call(desk, asks_for("eve@example.com"));
    CHECK(desk.lines("SELECT action, result, account, ticket, reason, detail FROM pwreset_audit", 6) ==
          Lines{"request-public queued", "request-public queued"});
}

TEST_CASE("a call reads no row of the users table") {
    Desk desk;
    desk.session.run("DROP TABLE users");
    CHECK(call(desk, asks_for("ada@example.com")) == "");
}

TEST_CASE("a call with what is no address or number is refused") {
    Desk desk;
    CHECK(call(desk, asks_for("ada@@example")) == "INVALID_IDENTITY 65");
    CHECK(call(desk, asks_for("id:42")) == "INVALID_IDENTITY 65");
    CHECK(desk.trail() == Lines{"request-public INVALID_IDENTITY", "request-public INVALID_IDENTITY"});
}

TEST_CASE("a call for somebody who is signed in is refused") {
    Desk desk;
    PublicCall asked = asks_for("ada@example.com");
    asked.caller_authenticated = true;
    CHECK(call(desk, asked) == "FORBIDDEN 77");
    CHECK(desk.trail() == Lines{"request-public FORBIDDEN"});
}

TEST_CASE("a call whose captcha was not passed is refused, under the captcha's key") {
    Desk desk;
    const CaptchaCheck captcha = [](const std::string&) {
        throw Error(Exit::forbidden, "CAPTCHA_FAILED", "the captcha was not passed");
    };
    Context context = desk.invocation();
    try {
        take_in(context, asks_for("ada@example.com"), captcha);
        FAIL("it was taken in");
    } catch (const Error& error) {
        CHECK(error.code == "CAPTCHA_FAILED");
        CHECK(error.errors.at("captcha_token") == Lines{"the captcha was not passed"});
    }
}

TEST_CASE("a call is unavailable while the captcha's service is") {
    Desk desk;
    const CaptchaCheck captcha = [](const std::string&) { throw unavailable("the captcha service gives no answer"); };
    CHECK(call(desk, asks_for("ada@example.com"), captcha) == "UNAVAILABLE 69");
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_intake") == "0");
}

TEST_CASE("an identity that is asked for twice in two minutes is refused, whether somebody has it or not") {
    Desk desk;
    desk.account({});
    for (const auto* identity : {"ada@example.com", "eve@example.com"}) {
        CHECK(call(desk, asks_for(identity)) == "");
        CHECK(call(desk, asks_for(identity)) == "RATE_LIMITED 75");
    }
}

TEST_CASE("an identity has a share of calls, and web back ends one together") {
    Desk desk;
    desk.config.web.cooldown = Seconds(0);
    desk.config.web.per_identity = {2, Seconds(3600)};
    desk.config.limits.web = {3, Seconds(3600)};
    CHECK(call(desk, asks_for("ada@example.com")) == "");
    CHECK(call(desk, asks_for("ADA@example.com")) == "");
    CHECK(call(desk, asks_for("ada@example.com")) == "RATE_LIMITED 75");
    CHECK(call(desk, asks_for("eve@example.com")) == "");
    CHECK(call(desk, asks_for("eva@example.com")) == "RATE_LIMITED 75");
}

TEST_CASE("a call gets what its syntax and the configuration say") {
    Desk desk;
    const auto routed = [&](const std::string& identity) {
        const Route route = public_route(parse_public_identity(identity, desk.config), desk.config);
        return std::string(word_of(route.kind)) + " " + std::string(word_of(route.channel));
    };
    CHECK(routed("ada@example.com") == "link email");
    CHECK(routed("+989121234567") == "reset_otp sms");
    desk.config.web.email = PublicConfig::Mail::code;
    CHECK(routed("ada@example.com") == "reset_otp email");
    desk.config.web.email = PublicConfig::Mail::password;
    CHECK(routed("ada@example.com") == "temporary_password email");
}

TEST_CASE("a request for nobody ends in the trail alone") {
    Desk desk;
    CHECK(ended(desk) == "USER_NOT_FOUND");
}

TEST_CASE("a request for two accounts ends in the trail alone") {
    Desk desk;
    desk.account({});
    desk.account({.id = 43});
    CHECK(ended(desk) == "AMBIGUOUS_USER");
}

TEST_CASE("a request for a disabled account ends in the trail alone") {
    Desk desk;
    desk.account({.active = 0});
    CHECK(ended(desk) == "FORBIDDEN disabled");
}

TEST_CASE("a request for an administrator ends in the trail alone") {
    Desk desk;
    desk.account({.role = "admin"});
    CHECK(ended(desk) == "PROTECTED_ACCOUNT protected");
}

TEST_CASE("a request behind one of an agent's ends in the trail alone") {
    Desk desk;
    desk.account({});
    desk.request("ada@example.com");
    CHECK(ended(desk) == "RATE_LIMITED");
}

TEST_CASE("a request for a text message ends while none are sent") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    desk.config.sms.reset();
    CHECK(ended(desk, "+989121234567") == "FORBIDDEN no_text_messages");
}

TEST_CASE("a request that nobody worked off for a day is erased") {
    Desk desk;
    desk.account({});
    call(desk, asks_for("ada@example.com"));
    desk.later(intake_span + Seconds(1));
    CHECK(work_off(desk).expired == 1);
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_intake") == "0");
    CHECK(desk.delivery() == "none");
    CHECK(desk.trail().back() == "request expired");
}

TEST_CASE("killed while it is worked off, a request is as it was") {
    Desk desk;
    desk.account({});
    call(desk, asks_for("ada@example.com"));
    desk.killed_at("taking", [&] { work_off(desk); });
    CHECK(desk.delivery() == "none");
    CHECK(work_off(desk).queued == 1);
}

TEST_CASE("a signal ends the work between two requests") {
    Desk desk;
    call(desk, asks_for("ada@example.com"));
    desk.signal = SIGTERM;
    CHECK(work_off(desk).moved() == 0);
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_intake") == "1");
}

TEST_CASE("what happened is said in words") {
    IntakeTally tally;
    tally.queued = 2;
    tally.refused = 1;
    CHECK(in_words(tally) == "requests of web back ends: 2 queued, 1 refused");
    tally.expired = 3;
    CHECK(in_words(tally) == "requests of web back ends: 2 queued, 1 refused, 3 expired");
}
