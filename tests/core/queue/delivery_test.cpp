// From the request to the mark: what a delivery is while it is on its way, and what each answer makes of it.
#include "src/base/encoding.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

const SendResult put_off{Verdict::temporary, true, "450 4.2.0 greylisted"};
const SendResult turned_away{Verdict::temporary, false, "421 4.7.0 try later"};
const SendResult bounced{Verdict::permanent, true, "550 5.1.1 no such user"};
const SendResult silence{Verdict::unknown, true, "the connection broke after the message"};

/// How far the clock goes until a delivery is tried for the n-th time again.
void wait_for_try(Desk& desk) {
    desk.world.now = parse_db_time(desk.text("SELECT next_at FROM pwreset_deliveries WHERE id = 1"));
}

}  // namespace

TEST_CASE("what is asked for is queued, minted, sent and marked, each with its entry in the trail") {
    Desk desk;
    desk.account({});
    desk.request("ada@example.com");
    CHECK(desk.trail() == Lines{"request queued", "mint done", "send sent"});
}

TEST_CASE("a mail that the relay took is accepted, by whom and until when it is valid") {
    Desk desk;
    desk.account({});
    const auto result = desk.request("ada@example.com");
    CHECK_FALSE(result.failure);
    CHECK(result.delivery == "accepted");
    CHECK(result.recipient == "a••a@example.com");
    CHECK(result.relay == "relay.test");
    CHECK(result.answer == "250 2.0.0 queued as 4F2A");
    CHECK(result.subject == "Reset your Shop password");
    CHECK(rfc3339(result.expires_at.value()) == "2026-03-01T13:34:56Z");
    CHECK(desk.delivery() == "sent");
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("the mail goes to the stored address, and its link is the one whose digest is stored") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    CHECK(desk.mail().to == "ada@example.com");
    CHECK(desk.mail().reference == reference_of(1));
    CHECK(unhex(desk.text("SELECT HEX(verifier) FROM pwreset_tokens")) == link_verifier(Secret(desk.mail().token())));
}

TEST_CASE("with --queue nothing is sent") {
    Desk desk;
    desk.account({});
    CHECK(desk.outcome("ada@example.com", {.queue = true}) == "queued");
    CHECK(desk.post.opened == 0);
    CHECK(desk.delivery() == "queued");
}

TEST_CASE("deliver sends what was queued") {
    Desk desk;
    desk.account({});
    desk.request("ada@example.com", {.queue = true});
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.delivery() == "sent");
}

TEST_CASE("before the relay answers a delivery is held, while its mail is handed over it is claimed") {
    Desk desk;
    desk.account({});
    Lines seen;
    desk.post.opening = [&](Channel) { seen.push_back(desk.delivery()); };
    desk.post.sending = [&] { seen.push_back(desk.delivery()); };
    desk.request("ada@example.com");
    CHECK(seen == Lines{"held", "claimed"});
}

TEST_CASE("what the relay puts off is queued again, and its token void") {
    Desk desk;
    desk.account({});
    desk.post.answers = {put_off};
    const auto result = desk.request("ada@example.com");
    CHECK(result.delivery == "queued");
    CHECK(result.warning == "450 4.2.0 greylisted");
    CHECK(rfc3339(result.next_try.value()) == "2026-03-01T12:35:26Z");
    CHECK(desk.delivery() == "queued");
    CHECK(desk.tokens() == Lines{"void not_sent"});
}

TEST_CASE("what was put off is not tried before its time") {
    Desk desk;
    desk.account({});
    desk.post.answers = {put_off};
    desk.request("ada@example.com");
    desk.later(Seconds(29));
    CHECK(desk.deliver().moved() == 0);
}

TEST_CASE("what was put off is sent at the next try, with a new token and a new Message-ID") {
    Desk desk;
    desk.account({});
    desk.post.answers = {put_off};
    desk.request("ada@example.com");
    wait_for_try(desk);
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.tokens() == Lines{"void not_sent", "live"});
    CHECK(desk.post.posted[0].token() != desk.post.posted[1].token());
    CHECK(desk.post.posted[0].header("Message-ID") != desk.post.posted[1].header("Message-ID"));
}

TEST_CASE("what the relay refuses for good has failed, and says why") {
    Desk desk;
    desk.account({});
    desk.post.answers = {bounced};
    const auto result = desk.request("ada@example.com");
    REQUIRE(result.failure);
    CHECK(result.failure->exit == Exit::failed);
    CHECK(result.failure->code == "UNDELIVERABLE");
    CHECK(result.failure->message == "the relay refused the mail to a••a@example.com: 550 5.1.1 no such user");
    CHECK(desk.delivery() == "failed undeliverable");
    CHECK(desk.tokens() == Lines{"void undeliverable"});
}

TEST_CASE("a mail that may have arrived is uncertain, and its link stays valid") {
    Desk desk;
    desk.account({});
    desk.post.answers = {silence};
    CHECK(desk.outcome("ada@example.com") == "queued");
    CHECK(desk.delivery() == "uncertain");
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("an uncertain mail is sent again, and then only the newer link is valid") {
    Desk desk;
    desk.account({});
    desk.post.answers = {silence};
    desk.request("ada@example.com");
    wait_for_try(desk);
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.tokens() == Lines{"void superseded", "live"});
}

TEST_CASE("an uncertain text message is never sent again, and its code stays valid") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    desk.post.answers = {silence};
    desk.request("+989121234567");
    desk.later(Seconds(3600));
    CHECK(desk.deliver().moved() == 0);
    CHECK(desk.delivery() == "uncertain");
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("the eighth refusal that counts ends a delivery") {
    Desk desk;
    desk.account({});
    desk.post.answers.assign(8, put_off);
    desk.request("ada@example.com");
    for (int i = 0; i < 6; ++i) {
        wait_for_try(desk);
        desk.deliver();
    }
    CHECK(desk.delivery() == "queued");
    wait_for_try(desk);
    CHECK(desk.deliver().failed == 1);
    CHECK(desk.delivery() == "failed gave_up");
}

TEST_CASE("a refusal at the door does not count") {
    Desk desk;
    desk.account({});
    desk.post.answers.assign(9, turned_away);
    desk.request("ada@example.com");
    for (int i = 0; i < 8; ++i) {
        wait_for_try(desk);
        desk.deliver();
    }
    CHECK(desk.delivery() == "queued");
    CHECK(desk.text("SELECT failures FROM pwreset_deliveries") == "0");
}

TEST_CASE("a link that could not leave for a day is given up, and not minted any more") {
    Desk desk;
    desk.account({});
    desk.request("ada@example.com", {.queue = true});
    desk.later(Seconds(86400));
    CHECK(desk.deliver().dropped == 1);
    CHECK(desk.delivery() == "failed gave_up");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a code that could not leave for ten minutes is given up") {
    Desk desk;
    desk.account({});
    desk.request("ada@example.com", {.kind = Kind::reset_otp, .queue = true});
    desk.later(Seconds(600));
    desk.deliver();
    CHECK(desk.delivery() == "failed gave_up");
}

TEST_CASE("a delivery that failed gives back the cooldown, and not the count") {
    Desk desk;
    desk.account({});
    desk.post.answers = {bounced};
    desk.request("ada@example.com");
    CHECK(desk.outcome("ada@example.com") == "accepted");
    CHECK(desk.text("SELECT hits FROM pwreset_limits WHERE limit_key = 'account:42'") == "2");
}

TEST_CASE("retries take no limits") {
    Desk desk;
    desk.account({});
    desk.post.answers = {put_off};
    desk.request("ada@example.com");
    wait_for_try(desk);
    desk.deliver();
    CHECK(desk.text("SELECT hits FROM pwreset_limits WHERE limit_key = 'account:42'") == "1");
}

TEST_CASE("the relay's answer never shows the secret or the address") {
    Desk desk;
    desk.account({});
    desk.post.sending = [&] {
        desk.post.answers = {{Verdict::permanent, true, "550 <ada@example.com> spam: token=" + desk.mail().token()}};
    };
    const auto result = desk.request("ada@example.com");
    CHECK(result.answer.value().find(desk.mail().token()) == std::string::npos);
    CHECK(result.answer.value().find("ada@example.com") == std::string::npos);
    CHECK(desk.last_entry().detail == result.answer);
}

TEST_CASE("a mail that cannot be written has failed, and is not sent") {
    Desk desk;
    desk.account({});
    desk.config.mail.reply_to = "support@shop.example\x01";
    CHECK(desk.outcome("id:42") == "UNDELIVERABLE 1");
    CHECK(desk.delivery() == "failed undeliverable");
    CHECK(desk.post.posted.empty());
}
