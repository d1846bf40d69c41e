// A link on an operator's terminal: only where somebody vouches for the caller, the account was told, and never for
// those whom it could hurt most.
#include "src/recovery/print_link.h"

#include "src/base/encoding.h"
#include "src/recovery/verify.h"
#include "src/recovery/voucher.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

const Grounds the_ticket{"SUP-1", "no mail for days"};

IssueRequest a_link(const Grounds& grounds = the_ticket, const std::string& identity = "id:42") {
    IssueRequest request;
    request.command = "request";
    request.identities = {identity};
    request.grounds = grounds;
    return request;
}

/// Ada reads out a code, which is verified for a ticket.
void verifies(Desk& desk, const std::optional<std::string>& ticket = "SUP-1") {
    desk.request("id:42", {.kind = Kind::verify_caller, .override_limits = true});
    const std::string code = desk.mail().line_after("Tell this code to the agent now:");
    Context context = desk.invocation();
    verify_caller(context, "id:42", normalised_code(code), ticket);
}

void logged_in(Desk& desk, const std::string& name, const std::optional<std::string>& login_uid) {
    desk.who.name = name;
    desk.who.login_uid = login_uid;
}

/// Eve approves a link, and tom is at the desk again.
void approves(Desk& desk, const Grounds& grounds = the_ticket, const std::string& by = "eve",
              const std::optional<std::string>& login_uid = "1008") {
    const Operator before = desk.who;
    logged_in(desk, by, login_uid);
    Context context = desk.invocation();
    approve_link(context, "id:42", grounds);
    desk.who = before;
}

PrintedLink printed(Desk& desk, const IssueRequest& request = a_link()) {
    Context context = desk.invocation();
    return print_link(context, request);
}

/// "printed", or why not.
std::string outcome(Desk& desk, const IssueRequest& request = a_link()) {
    try {
        printed(desk, request);
        return "printed";
    } catch (const Error& error) {
        return error.code + " " + std::to_string(static_cast<int>(error.exit)) + ": " + error.message;
    }
}

const std::string nobody_vouches =
    "FORBIDDEN 77: nobody vouches for the caller: no code of account 'id:42' was verified for this ticket in the last "
    "15 minutes, and no second operator approved a link in the last 24 hours";

/// Nothing was sent since, nothing can be used, and the refusal stands in the trail.
void left_nothing(Desk& desk, std::size_t mails) {
    CHECK(desk.post.posted.size() == mails);
    CHECK(desk.lines("SELECT kind FROM pwreset_tokens WHERE kind = 'link'", 1).empty());
    CHECK(desk.lines("SELECT kind FROM pwreset_deliveries WHERE kind = 'link_printed' AND finished_at IS NULL", 1)
              .empty());
}

struct PrintDesk : Desk {
    PrintDesk() {
        account({});
        config.limits.cooldown = Seconds(0);
        logged_in(*this, "tom", "1007");
    }
};

}  // namespace

TEST_CASE("a link is printed for a caller who was verified for the ticket, after the account was told by mail") {
    PrintDesk desk;
    verifies(desk);
    const auto link = printed(desk);
    CHECK(desk.mail().to == "ada@example.com");
    CHECK_THAT(desk.mail().text, ContainsSubstring("for our support") && ContainsSubstring("10 minutes"));
    CHECK(desk.mail().token().empty());
    const std::string url(link.link.reveal());
    const std::string head = "https://shop.example/reset?token=";
    REQUIRE(url.size() == head.size() + 64);
    CHECK(url.starts_with(head));
    const Secret token(url.substr(head.size()));
    CHECK(desk.session
              .row("SELECT 1 FROM pwreset_tokens WHERE kind = 'link' AND live = 1 AND verifier = UNHEX(:verifier)",
                   {{"verifier", hex(link_verifier(token))}})
              .has_value());
    CHECK(desk.last_entry().action == "print-link");
    CHECK(desk.last_entry().result == "done");
    CHECK(desk.last_entry().detail == "caller verified");
    CHECK(desk.last_entry().ticket == "SUP-1");
    CHECK(desk.last_entry().reason == "no mail for days");
}

TEST_CASE("a printed link lives ten minutes, or less where links live less") {
    for (const auto& [configured, expected] : {std::pair(3600, 600), std::pair(300, 300)}) {
        PrintDesk desk;
        desk.config.reset.link_lifetime = Seconds(configured);
        verifies(desk);
        const auto link = printed(desk);
        CHECK(*link.told.expires_at == desk.session.now() + Seconds(expected));
    }
}

TEST_CASE("a printed link makes the mailed one void") {
    PrintDesk desk;
    desk.request("id:42");
    verifies(desk);
    printed(desk);
    CHECK(desk.lines("SELECT state, void_reason FROM pwreset_tokens WHERE kind = 'link' ORDER BY id", 2) ==
          Lines{"void superseded", "live"});
    desk.request("id:42");
    CHECK(desk.lines("SELECT state, void_reason FROM pwreset_tokens WHERE kind = 'link' ORDER BY id", 2) ==
          Lines{"void superseded", "void superseded", "live"});
}

TEST_CASE("nobody's link is printed where nobody vouches for the caller") {
    PrintDesk desk;
    CHECK(outcome(desk) == nobody_vouches);
    CHECK(desk.last_entry().action == "request");
    CHECK(desk.last_entry().result == "FORBIDDEN");
    left_nothing(desk, 0);
}

TEST_CASE("a verification is good for its ticket, its account and a quarter of an hour") {
    PrintDesk desk;
    desk.account({.id = 7, .email = "ann@example.com"});
    verifies(desk);
    const auto mails = desk.post.posted.size();
    CHECK(outcome(desk, a_link({"SUP-2", "why"})) == nobody_vouches);
    CHECK(outcome(desk, a_link({"sup-1", "why"})) == nobody_vouches);
    CHECK(outcome(desk, a_link(the_ticket, "id:7")).starts_with("FORBIDDEN 77: nobody vouches"));
    left_nothing(desk, mails);
    desk.later(Seconds(899));
    CHECK(outcome(desk) == "printed");
    desk.later(Seconds(2));
    CHECK(outcome(desk) == nobody_vouches);
}

TEST_CASE("a verification without a ticket, or one that failed, vouches for nobody") {
    PrintDesk desk;
    verifies(desk, std::nullopt);
    CHECK(outcome(desk) == nobody_vouches);
    Context context = desk.invocation();
    CHECK(thrown_by([&] { verify_caller(context, "id:42", normalised_code("000000"), "SUP-1"); }) == "INVALID_CODE 1");
    CHECK(outcome(desk) == nobody_vouches);
}

TEST_CASE("an entry that somebody wrote into the trail by hand vouches for nobody") {
    PrintDesk desk;
    verifies(desk, "SUP-9");
    desk.session.run("UPDATE pwreset_audit SET ticket = 'SUP-1' WHERE action = 'verify-otp'");
    CHECK(outcome(desk) == nobody_vouches);
    desk.session.run(
        "INSERT INTO pwreset_audit (app, at, operator, host, action, result, trace_id, account, ticket, salt, "
        "personal, "
        "key_id, mac) SELECT app, at, operator, host, 'verify-otp', 'verified', trace_id, '42', 'SUP-1', salt, "
        "personal, "
        "key_id, mac FROM pwreset_audit WHERE action = 'request' LIMIT 1");
    CHECK(outcome(desk) == nobody_vouches);
}

TEST_CASE("a second operator with a login of his own approves one link") {
    PrintDesk desk;
    approves(desk);
    CHECK(outcome(desk) == "printed");
    CHECK(desk.last_entry().detail == "approved by eve");
    CHECK(outcome(desk) == nobody_vouches);
    approves(desk);
    CHECK(outcome(desk) == "printed");
}

TEST_CASE("nobody approves his own link, under whatever name") {
    PrintDesk desk;
    SECTION("the same operator") { approves(desk, the_ticket, "tom", "1008"); }
    SECTION("another name, the same login") { approves(desk, the_ticket, "root", "1007"); }
    SECTION("who prints has no login") {
        approves(desk);
        desk.who.login_uid.reset();
    }
    SECTION("another ticket") { approves(desk, {"SUP-2", "why"}); }
    SECTION("too long ago") {
        approves(desk);
        desk.later(approved_span + Seconds(1));
    }
    const auto mails = desk.post.posted.size();
    CHECK(outcome(desk) == nobody_vouches);
    left_nothing(desk, mails);
}

TEST_CASE("who has not logged in approves nothing") {
    PrintDesk desk;
    CHECK_THROWS_AS(approves(desk, the_ticket, "eve", std::nullopt), Error);
    CHECK(desk.trail().back() == "approve-link FORBIDDEN");
}

TEST_CASE("no link of a protected account is approved or printed, whatever is overridden") {
    PrintDesk desk;
    desk.shop("role = 'admin'");
    CHECK_THROWS_AS(approves(desk), Error);
    CHECK(desk.trail().back() == "approve-link PROTECTED_ACCOUNT");
    auto request = a_link();
    request.override_protected = true;
    CHECK(outcome(desk, request) ==
          "PROTECTED_ACCOUNT 77: account 'id:42' is protected: no link of it is printed for anybody");
    left_nothing(desk, 0);
}

TEST_CASE("no link of an account with a second factor is printed") {
    PrintDesk desk;
    verifies(desk);
    desk.session.run("ALTER TABLE users ADD COLUMN two_factor_secret TEXT");
    CHECK(outcome(desk) == "printed");
    desk.shop("two_factor_secret = 'ABC'");
    CHECK(outcome(desk) ==
          "FORBIDDEN 77: account 'id:42' has a second factor ('two_factor_secret'): no link of it is printed");
}

TEST_CASE("no link is printed where the mail to the account was not taken, and nobody is mailed later") {
    PrintDesk desk;
    verifies(desk);
    const auto mails = desk.post.posted.size();
    SECTION("the relay is away") { desk.post.away.emplace(Channel::email, unavailable("the relay is away")); }
    SECTION("put off") { desk.post.answers.push_back({Verdict::temporary, true, "451 later"}); }
    SECTION("in doubt") { desk.post.answers.push_back({Verdict::unknown, true, "the connection broke"}); }
    CHECK(outcome(desk).starts_with("UNAVAILABLE 69: no link was printed: the mail that tells a••a@example.com of it"));
    CHECK(desk.trail().back() == "print-link UNAVAILABLE");
    const auto after = desk.post.posted.size();
    desk.post.away.clear();
    desk.later(Seconds(4000));
    desk.deliver();
    left_nothing(desk, after);
    CHECK(after <= mails + 1);
    CHECK(desk.delivery(2).starts_with("cancelled"));
}

TEST_CASE("no link is printed where the relay refuses the address") {
    PrintDesk desk;
    verifies(desk);
    desk.post.answers.push_back({Verdict::permanent, true, "550 5.1.1 no such mailbox"});
    CHECK(outcome(desk).starts_with("UNDELIVERABLE 1: the relay refused the mail to a••a@example.com"));
    CHECK(desk.lines("SELECT kind FROM pwreset_tokens WHERE kind = 'link'", 1).empty());
}

TEST_CASE("who dies before the mail leaves prints nothing, and nobody is told of a link later") {
    PrintDesk desk;
    verifies(desk);
    const auto mails = desk.post.posted.size();
    desk.killed_at("claimed", [&] { printed(desk); });
    desk.later(Seconds(120));
    desk.deliver();
    CHECK(desk.delivery(2) == "cancelled not_printed");
    left_nothing(desk, mails);
}

TEST_CASE("what changes while the account is told is asked again before the link is made") {
    PrintDesk desk;
    verifies(desk);
    SECTION("made an administrator") {
        desk.post.sending = [&] { desk.shop("role = 'admin'"); };
        CHECK(outcome(desk).starts_with("PROTECTED_ACCOUNT 77"));
    }
    SECTION("disabled") {
        desk.post.sending = [&] { desk.shop("active = 0"); };
        CHECK(outcome(desk).starts_with("FORBIDDEN 77"));
    }
    SECTION("a quarter of an hour") {
        desk.post.sending = [&] { desk.later(Seconds(1000)); };
        CHECK(outcome(desk) == nobody_vouches);
    }
    CHECK(desk.lines("SELECT kind FROM pwreset_tokens WHERE kind = 'link'", 1).empty());
    CHECK(desk.last_entry().action == "print-link");
}

TEST_CASE("a printed link has the cooldown of links and the operator's own budget") {
    PrintDesk desk;
    desk.config.limits.cooldown = Seconds(120);
    verifies(desk);
    CHECK(outcome(desk) == "printed");
    CHECK(outcome(desk).starts_with("RATE_LIMITED 75: this account was sent one just now"));
    CHECK(desk.outcome("id:42") == "RATE_LIMITED 75");
}

TEST_CASE("a link that could not be shown is void, and revoke ends one that was") {
    PrintDesk desk;
    verifies(desk);
    const auto link = printed(desk);
    Context context = desk.invocation();
    take_back(context, link, the_ticket);
    CHECK(desk.lines("SELECT state, void_reason FROM pwreset_tokens WHERE kind = 'link'", 2) ==
          Lines{"void not_printed"});
    CHECK(desk.trail().back() == "print-link IO_ERROR");
    printed(desk);
    CHECK(desk.take_back("id:42").tokens == 1);
}

TEST_CASE("a dry run asks all the same and prints nothing") {
    PrintDesk desk;
    auto request = a_link();
    request.dry_run = true;
    CHECK(outcome(desk, request) == nobody_vouches);
    verifies(desk);
    const auto mails = desk.post.posted.size();
    const auto link = printed(desk, request);
    CHECK(link.told.delivery == "would be sent");
    CHECK(link.link.empty());
    left_nothing(desk, mails);
}
