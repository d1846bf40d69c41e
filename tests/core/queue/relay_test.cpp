// A relay or a gateway that is away, that breaks, or a signal in between: nothing is lost, and nothing is claimed for
// it.
#include <csignal>

#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

const Error no_relay = unavailable("the relay cannot be reached", "see 'pwreset doctor'");

/// Three people, each with a link in the queue.
void three_queued(Desk& desk) {
    for (const int id : {1, 2, 3}) desk.account({.id = id, .email = "user" + std::to_string(id) + "@example.com"});
    desk.requests({"id:1", "id:2", "id:3"}, {.queue = true});
}

}  // namespace

TEST_CASE("with the relay away a request is queued, and says why and when it is tried") {
    Desk desk;
    desk.account({});
    desk.post.away.emplace(Channel::email, no_relay);
    const auto result = desk.request("id:42");
    CHECK_FALSE(result.failure);
    CHECK(result.delivery == "queued");
    CHECK(result.warning == "the relay cannot be reached");
    CHECK(rfc3339(result.next_try.value()) == "2026-03-01T12:35:26Z");
    CHECK(desk.tokens() == Lines{});
}

TEST_CASE("with the relay away deliver claims nothing, and is unavailable") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.post.away.emplace(Channel::email, no_relay);
    CHECK(thrown_by([&] { desk.deliver(); }) == "UNAVAILABLE 69");
    CHECK(desk.delivery() == "queued");
    CHECK(desk.text("SELECT attempts FROM pwreset_deliveries") == "0");
}

TEST_CASE("a gateway that is away holds up no mail") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    desk.account({.id = 7, .email = "bob@example.com"});
    desk.requests({"+989121234567", "id:7"}, {.queue = true});
    desk.post.away.emplace(Channel::sms, unavailable("the gateway cannot be reached"));
    CHECK(thrown_by([&] { desk.deliver(); }) == "UNAVAILABLE 69");
    CHECK(desk.delivery(1) == "queued");
    CHECK(desk.delivery(2) == "sent");
}

TEST_CASE("a relay whose configuration is wrong is no outage") {
    Desk desk;
    desk.account({});
    desk.post.away.emplace(Channel::email, config_error("the relay's certificate is of another host"));
    CHECK(thrown_by([&] { desk.request("id:42"); }) == "CONFIG 78");
    CHECK(desk.delivery() == "queued");
}

TEST_CASE("a connection that breaks puts back the rest of its batch") {
    Desk desk;
    three_queued(desk);
    desk.post.answers = {{Verdict::temporary, false, "the connection broke"}};
    desk.post.breaks = true;
    CHECK_THROWS_AS(desk.deliver(), Error);
    CHECK(desk.post.posted.size() == 1);
    CHECK(desk.lines("SELECT state, answer FROM pwreset_deliveries ORDER BY id", 2) ==
          Lines{"queued the connection broke", "queued not tried: the relay did not take the one before",
                "queued not tried: the relay did not take the one before"});
    CHECK(desk.tokens() == Lines{"void not_sent", "void put_back", "void put_back"});
}

TEST_CASE("what was put back before it was offered waits after its first try as after a first one") {
    Desk desk;
    three_queued(desk);
    desk.post.answers = {{Verdict::temporary, false, "the connection broke"}};
    desk.post.breaks = true;
    CHECK_THROWS_AS(desk.deliver(), Error);
    desk.post.breaks = false;
    const SendResult greylisted{Verdict::temporary, true, "450 4.2.0 greylisted"};
    desk.post.answers = {greylisted, greylisted, greylisted};
    desk.later(Seconds(30));
    CHECK(desk.deliver().deferred == 3);
    desk.later(Seconds(30));
    CHECK(desk.deliver().sent == 2);
    desk.later(Seconds(30));
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("a signal ends a pass after the mail in flight, and the rest is due at once") {
    Desk desk;
    three_queued(desk);
    desk.post.sending = [&] { desk.signal = SIGTERM; };
    CHECK(thrown_by([&] { desk.deliver(); }) == "INTERRUPTED 143");
    CHECK(desk.lines("SELECT state, answer FROM pwreset_deliveries ORDER BY id", 2) ==
          Lines{"sent 250 2.0.0 queued as 4F2A", "queued not tried: interrupted", "queued not tried: interrupted"});
    desk.signal = 0;
    desk.post.sending = {};
    CHECK(desk.deliver().sent == 2);
}

TEST_CASE("a signal while a request is sent leaves it queued for others") {
    Desk desk;
    desk.account({});
    desk.post.opening = [&](Channel) { desk.signal = SIGINT; };
    CHECK(thrown_by([&] { desk.request("id:42"); }) == "INTERRUPTED 130");
    CHECK(desk.delivery() == "queued");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("several of one invocation go over one connection") {
    Desk desk;
    three_queued(desk);
    desk.deliver();
    CHECK(desk.post.opened == 1);
    CHECK(desk.post.posted.size() == 3);
}
