// The claim asks everything again: whoever may be reset when it is asked for may not be any more when it is minted.
#include "src/queue/claim.h"

#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

const SendResult later_please{Verdict::temporary, true, "450 4.2.0 greylisted"};

/// What becomes of a queued delivery when the shop changes the row of account 42 before it is sent.
std::string after_change(Desk& desk, const std::string& change, const Ask& ask = {.queue = true}) {
    desk.account({});
    desk.request("id:42", ask);
    desk.shop(change);
    desk.deliver();
    return desk.delivery();
}

/// The delivery was put off once; its second attempt is due.
void put_off_once(Desk& desk, const Ask& ask = {}) {
    desk.account({});
    desk.post.answers = {later_please};
    desk.request("id:42", ask);
    desk.later(Seconds(30));
}

std::vector<db::DeliveryRow> due_now(Desk& desk) {
    return db::due_deliveries(desk.session, "shop", Channel::email, Lane::agents, 50);
}

}  // namespace

TEST_CASE("an account that was disabled since is refused when it is minted") {
    Desk desk;
    CHECK(after_change(desk, "active = 0") == "refused disabled");
    CHECK(desk.post.posted.empty());
    CHECK(desk.trail() == Lines{"request queued", "drop refused"});
    CHECK(desk.last_entry().reason == "disabled");
}

TEST_CASE("an account that became an administrator's since is refused when it is minted") {
    Desk desk;
    CHECK(after_change(desk, "role = 'admin'") == "refused protected");
}

TEST_CASE("an account that lost its role since is refused when it is minted") {
    Desk desk;
    desk.config.users.allowed_roles = {"customer"};
    CHECK(after_change(desk, "role = 'guest'") == "refused role");
}

TEST_CASE("an account that went over to single sign-on since is refused when it is minted") {
    Desk desk;
    CHECK(after_change(desk, "password = '!'") == "refused no_password");
}

TEST_CASE("an account that a condition refuses since is refused when it is minted") {
    Desk desk;
    CHECK(after_change(desk, "login = 'ldap-ada'") == "refused refused");
}

TEST_CASE("an account whose address was taken away since is refused when it is minted") {
    Desk desk;
    CHECK(after_change(desk, "email = NULL") == "refused no_address");
}

TEST_CASE("an account whose number was taken away since is refused when it is minted") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    desk.request("+989121234567", {.queue = true});
    desk.shop("phone = NULL");
    desk.deliver();
    CHECK(desk.delivery() == "refused no_phone");
}

TEST_CASE("an account that is gone is refused when it is minted") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.session.run("DELETE FROM users");
    CHECK(desk.deliver().dropped == 1);
    CHECK(desk.delivery() == "refused no_single_account");
}

TEST_CASE("a temporary password is refused when they were turned off since") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::temporary_password, .queue = true});
    desk.config.temporary_password.enabled = false;
    desk.deliver();
    CHECK(desk.delivery() == "refused turned_off");
}

TEST_CASE("an address that was changed since is the one that gets the mail") {
    Desk desk;
    CHECK(after_change(desk, "email = 'ada@new.example'") == "sent");
    CHECK(desk.mail().to == "ada@new.example");
}

TEST_CASE("a privileged operator's word is remembered until it is minted") {
    Desk desk;
    desk.account({.role = "admin"});
    desk.request("id:42", {.queue = true, .override_protected = true});
    desk.deliver();
    CHECK(desk.delivery() == "sent");
    CHECK(desk.text("SELECT detail FROM pwreset_audit WHERE action = 'mint'") == "protection overridden");
}

TEST_CASE("a retry whose token was used is done") {
    Desk desk;
    desk.account({});
    desk.post.answers = {{Verdict::unknown, true, "the connection broke"}};
    desk.request("id:42");
    desk.uses_token();
    desk.later(Seconds(30));
    CHECK(desk.deliver().dropped == 1);
    CHECK(desk.delivery() == "sent used");
    CHECK(desk.post.posted.size() == 1);
}

TEST_CASE("a retry whose password was changed since is cancelled") {
    Desk desk;
    put_off_once(desk);
    desk.shop(std::string("password = '") + other_hash + "'");
    desk.deliver();
    CHECK(desk.delivery() == "cancelled password_changed");
}

TEST_CASE("a retry goes on where the application hashed the same password anew at sign-in") {
    Desk desk;
    desk.config.users.rehashes_at_sign_in = true;
    put_off_once(desk);
    desk.shop("password = '$2y$10$" + std::string(53, 'u') + "'");
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("a retry whose account was disabled since leaves no token alive") {
    Desk desk;
    desk.account({});
    desk.post.answers = {{Verdict::unknown, true, "the connection broke"}};
    desk.request("id:42");
    desk.shop("active = 0");
    desk.later(Seconds(30));
    desk.deliver();
    CHECK(desk.delivery() == "refused disabled");
    CHECK(desk.tokens() == Lines{"void dropped"});
}

TEST_CASE("a code that verifies a caller is sent again, whatever became of the password") {
    Desk desk;
    put_off_once(desk, {.kind = Kind::verify_caller});
    desk.shop(std::string("password = '") + other_hash + "'");
    desk.deliver();
    CHECK(desk.delivery() == "sent");
}

TEST_CASE("of two requests only the later link is valid") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.later(Seconds(120));
    desk.request("id:42");
    CHECK(desk.tokens() == Lines{"void superseded", "live"});
}

TEST_CASE("a link leaves the account's code alone") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::reset_otp});
    desk.request("id:42", {.kind = Kind::link});
    CHECK(desk.tokens() == Lines{"live", "live"});
}

TEST_CASE("what waits behind another for the same account is superseded by the one that is minted") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.later(Seconds(120));
    const auto result = desk.request("id:42");
    CHECK(result.delivery == "accepted");
    CHECK(desk.delivery(1) == "superseded");
    CHECK(desk.text("SELECT superseded_by FROM pwreset_deliveries WHERE id = 1") == "2");
    CHECK(desk.deliver().moved() == 0);
}

TEST_CASE("two of one account in one batch make one mail") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.later(Seconds(120));
    desk.request("id:42", {.queue = true});
    const auto pass = desk.deliver();
    CHECK(pass.sent == 1);
    CHECK(pass.dropped == 1);
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("while another worker has a delivery nobody else claims it") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    const auto rows = due_now(desk);
    Context theirs = desk.invocation();
    CHECK(claim_and_mint(theirs, "elsewhere", rows).out.size() == 1);
    Context ours = desk.invocation();
    CHECK(claim_and_mint(ours, "here", rows).out.empty());
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("a request waits its turn behind one that is in flight, so that the later link is the valid one") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    Context theirs = desk.invocation();
    claim_and_mint(theirs, "elsewhere", due_now(desk));
    desk.later(Seconds(120));
    // The other worker marks its mail while ours is waiting.
    int looks = 0;
    desk.looked = [&] {
        if (++looks < 8) return;
        desk.session.run(
            "UPDATE pwreset_deliveries SET state = 'sent', in_flight = NULL, finished_at = UTC_TIMESTAMP(6) "
            "WHERE lease_owner = 'elsewhere' AND state = 'claimed'");
    };
    CHECK(desk.request("id:42").delivery == "accepted");
    CHECK(desk.delivery(1) == "sent");
    CHECK(desk.tokens() == Lines{"void superseded", "live"});
}
