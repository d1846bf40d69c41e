// Live tokens whose account changed under them.
#include "src/queue/forfeit.h"

#include "src/upkeep/purge.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

struct Sent : Desk {
    Sent() {
        config.users.protected_roles = {"administrator"};
        account({});
        request("id:42");
    }
    std::int64_t ended() {
        Context context = invocation();
        return end_forfeited(context, {});
    }
};

}  // namespace

TEST_CASE("a token of an account as it was when it was asked for stays") {
    Sent sent;
    CHECK(sent.ended() == 0);
    sent.shop("login = 'ada', password = 'not what it was', email = 'Ada@Example.com'");
    CHECK(sent.ended() == 0);
    CHECK(sent.tokens() == Lines{"live"});
}

TEST_CASE("a token ends when its account is found to be one that may not be reset, or is mailed elsewhere") {
    const auto [change, why] = GENERATE(table<std::string, std::string>({{"active = 0", "disabled"},
                                                                         {"role = 'administrator'", "protected"},
                                                                         {"password = '!'", "no_password"},
                                                                         {"email = 'eve@example.com'", "moved"},
                                                                         {"email = NULL", "moved"},
                                                                         {"id = 43", "account_gone"}}));
    CAPTURE(change);
    Sent sent;
    sent.shop(change);
    CHECK(sent.ended() == 1);
    CHECK(sent.tokens() == Lines{"void " + why});
    CHECK(sent.trail().back() == "forfeit " + why);
    CHECK(sent.ended() == 0);
}

TEST_CASE("what was asked for in spite of a protection is not ended by it") {
    Desk desk;
    desk.config.users.protected_roles = {"administrator"};
    desk.account({.role = "administrator"});
    REQUIRE(desk.outcome("id:42", {.override_protected = true}) == "accepted");
    CHECK(desk.outcome("id:42") == "PROTECTED_ACCOUNT 77");
    CHECK(desk.tokens() == Lines{"live"});
    desk.shop("active = 0");
    CHECK(desk.outcome("id:42") == "FORBIDDEN 77");
    CHECK(desk.tokens() == Lines{"void disabled"});
}

TEST_CASE("a request that is refused, a delivery and the nightly purge find it") {
    Sent sent;
    SECTION("a request") {
        sent.shop("active = 0");
        sent.request("id:42");
    }
    SECTION("a delivery") {
        sent.later(Seconds(180));
        sent.request("id:42", {.queue = true});
        sent.shop("active = 0");
        sent.deliver();
    }
    SECTION("the purge") {
        sent.shop("active = 0");
        Context context = sent.invocation();
        CHECK(purge(context, {}, [](const std::string&, std::int64_t) {}).forfeited == 1);
    }
    CHECK(sent.tokens() == Lines{"void disabled"});
}

TEST_CASE("a dry run ends nothing") {
    Sent sent;
    sent.shop("active = 0");
    sent.request("id:42", {.dry_run = true});
    CHECK(sent.tokens() == Lines{"live"});
}

TEST_CASE("a key that has gone tells nobody that an address is another one") {
    Sent sent;
    sent.session.run("UPDATE pwreset_audit SET key_id = 'gone'");
    sent.shop("email = 'eve@example.com'");
    CHECK(sent.ended() == 0);
}
