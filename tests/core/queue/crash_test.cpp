// A worker that is killed at any step costs a mail at most, never a secret, and never leaves two links that work.
#include "db/own/deliveries.h"
#include "src/queue/claim.h"
#include "tests/catch.h"
#include "tests/core/desk.h"
#include "tests/core/folder.h"

using namespace pwreset;

namespace {

/// A queued link to Ada, whose worker is killed at a step.
void killed_while_delivering(Desk& desk, const std::string& step) {
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.killed_at(step, [&] { desk.deliver(); });
}

}  // namespace

TEST_CASE("killed between the claim and its commit, nothing happened") {
    for (const auto* step : {"claimed", "minting"}) {
        Desk desk;
        killed_while_delivering(desk, step);
        CHECK(desk.delivery() == "queued");
        CHECK(desk.tokens() == Lines{});
        CHECK(desk.trail() == Lines{"request queued"});
    }
}

TEST_CASE("killed after the claim, the delivery is uncertain and sent with a new token") {
    Desk desk;
    killed_while_delivering(desk, "minted");
    CHECK(desk.delivery() == "claimed");
    const auto pass = desk.deliver();
    CHECK(pass.taken_back == 1);
    CHECK(pass.sent == 1);
    CHECK(desk.tokens() == Lines{"void superseded", "live"});
    CHECK(desk.post.posted.size() == 1);
}

TEST_CASE("killed after the relay took the mail, it goes a second time and the second link is the valid one") {
    Desk desk;
    killed_while_delivering(desk, "accepted");
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.post.posted.size() == 2);
    CHECK(desk.tokens() == Lines{"void superseded", "live"});
}

TEST_CASE("killed before the mark is committed, it is as if there was none") {
    Desk desk;
    killed_while_delivering(desk, "marking");
    CHECK(desk.delivery() == "claimed");
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.trail() == Lines{"request queued", "mint done", "mint done", "send sent"});
}

TEST_CASE("killed after the mail, its user may have used the link: then nothing is sent again") {
    Desk desk;
    killed_while_delivering(desk, "accepted");
    desk.uses_token();
    desk.deliver();
    CHECK(desk.delivery() == "sent used");
    CHECK(desk.post.posted.size() == 1);
}

TEST_CASE("what a dead process held is queued again") {
    Desk desk;
    desk.account({});
    desk.post.opening = [](Channel) { throw Killed{}; };
    CHECK_THROWS_AS(desk.request("id:42"), Killed);
    desk.died();
    desk.post.opening = {};
    const auto pass = desk.deliver();
    CHECK(pass.taken_back == 1);
    CHECK(desk.delivery() == "sent");
}

TEST_CASE("a text message whose worker was killed is uncertain for good") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    desk.request("+989121234567", {.queue = true});
    desk.killed_at("minted", [&] { desk.deliver(); });
    const auto pass = desk.deliver();
    CHECK(pass.taken_back == 1);
    CHECK(pass.sent == 0);
    CHECK(desk.delivery() == "uncertain");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a worker on another host is waited for until its lease is over") {
    Desk desk;
    killed_while_delivering(desk, "minted");
    desk.lease_to("elsewhere");
    desk.later(lease_span - Seconds(1));
    CHECK(desk.deliver().taken_back == 0);
    desk.later(Seconds(1));
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("what was taken over is not marked by the one that lost it") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.post.sending = [&] { desk.lease_to("elsewhere"); };
    CHECK(desk.deliver().dropped == 1);
    CHECK(desk.delivery() == "claimed");
    CHECK(desk.trail() == Lines{"request queued", "mint done", "send overtaken"});
}

TEST_CASE("what was taken over before its mail left is not sent by the one that lost it") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.at["minted"] = [&] { desk.lease_to("elsewhere"); };
    CHECK(desk.deliver().dropped == 1);
    CHECK(desk.post.posted.empty());
}

TEST_CASE("revoked between claim and mail, nothing is sent") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.at["minted"] = [&] { desk.take_back("id:42"); };
    CHECK(desk.deliver().dropped == 1);
    CHECK(desk.post.posted.empty());
    CHECK(desk.delivery() == "cancelled revoked");
    CHECK(desk.tokens() == Lines{"void revoked"});
}

TEST_CASE("revoked while the mail leaves, its link is void and the one who asked is told") {
    Desk desk;
    desk.account({});
    desk.post.sending = [&] { desk.take_back("id:42"); };
    const auto result = desk.request("id:42");
    REQUIRE(result.failure);
    CHECK(result.failure->code == "FORBIDDEN");
    CHECK(result.failure->message ==
          "delivery '" + reference_of(1) + "' was ended before it was marked as sent: revoked");
    CHECK(desk.tokens() == Lines{"void revoked"});
}

TEST_CASE("a claim that conflicts with another transaction is made again") {
    Desk desk;
    desk.account({});
    int tries = 0;
    desk.at["minting"] = [&] {
        if (++tries == 1) throw db::Conflict{};
    };
    CHECK(desk.outcome("id:42") == "accepted");
    CHECK(desk.trail() == Lines{"request queued", "mint done", "send sent"});
}

TEST_CASE("a mark whose connection broke is made again on a new one, and the mail goes once") {
    for (const bool during_commit : {false, true}) {
        const TestFolder folder;
        Desk desk((folder.path / "shop.db").string());
        desk.account({});
        int tries = 0;
        desk.at["marking"] = [&] {
            db::Lost lost;
            lost.during_commit = during_commit;
            if (++tries == 1) throw lost;
        };
        CHECK(desk.outcome("id:42") == "accepted");
        CHECK(desk.post.posted.size() == 1);
        CHECK(desk.trail() == Lines{"request queued", "mint done", "send sent"});
    }
}

TEST_CASE("a mark that went through although its connection broke is not made again") {
    const TestFolder folder;
    Desk desk((folder.path / "shop.db").string());
    desk.account({});
    int tries = 0;
    desk.at["marking"] = [&] {
        if (++tries > 1) return;
        // As if the commit had happened.
        desk.session.run("UPDATE pwreset_deliveries SET lease_owner = NULL, state = 'sent', in_flight = NULL");
        desk.session.commit();
        db::Lost lost;
        lost.during_commit = true;
        throw lost;
    };
    CHECK(desk.outcome("id:42") == "accepted");
    CHECK(tries == 1);
}
