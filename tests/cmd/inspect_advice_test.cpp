#include "cmd/inspect_advice.h"

#include "db/own/delivery_records.h"
#include "src/base/reference.h"
#include "tests/catch.h"

namespace pwreset {
namespace {

const Time now = *parse_rfc3339("2026-03-01T12:00:00Z");

/// An account that may be reset, and was sent nothing.
Inspection found() {
    Inspection out;
    out.now = now;
    out.account = "42";
    out.row = db::AccountRow{.id = "42",
                             .email = "ana@example.com",
                             .phone = {},
                             .login = {},
                             .locale = {},
                             .password = "x",
                             .enabled = true,
                             .roles = {}};
    for (const auto& [kind, word] : kind_words) out.may.emplace_back(kind, std::nullopt);
    return out;
}

Inspection delivered(const std::string& state, Time next_at = now) {
    Inspection out = found();
    db::DeliveryRecord delivery;
    delivery.id = 1;
    delivery.kind = stored_word("link", kind_words);
    delivery.state = stored_word(state, delivery_state_words);
    delivery.queued_at = now;
    delivery.next_at = next_at;
    delivery.relay = "relay.example";
    out.sender = "no-reply@shop.example";
    out.deliveries.push_back(delivery);
    return out;
}

db::TokenRow token(const std::string& kind, const std::string& state, std::int64_t delivery = 1) {
    db::TokenRow out;
    out.kind = stored_word(kind, kind_words);
    out.state = stored_word(state, token_state_words);
    out.delivery_id = delivery;
    out.expires_at = now + Seconds(3600);
    return out;
}

std::string said(const Inspection& inspection) { return advice(inspection, rfc3339); }

LimitLeft limit(const std::string& name, std::int64_t left, Seconds wait, std::optional<Kind> kind = {}) {
    return {.name = name, .kind = kind, .channel = {}, .left = left, .most = 10, .until = now + wait};
}

}  // namespace

TEST_CASE("an account that was sent nothing is sent a link") {
    CHECK(said(found()) == "send a reset: pwreset request id:42");
}

TEST_CASE("what forbids a reset comes before everything else") {
    auto gone = delivered("queued");
    gone.row.reset();
    CHECK(said(gone) == "the application has no such account any more: nothing can be sent to it");
    auto refused = delivered("queued");
    for (auto& [kind, refusal] : refused.may)
        refusal = Refusal{"disabled", forbidden("it is disabled", "enable it first")};
    CHECK(said(refused) == "enable it first");
}

TEST_CASE("an account with a number and no address is sent a code") {
    auto no_address = found();
    no_address.may.front().second = Refusal{"no_address", forbidden("it has no address", "give it one")};
    CHECK(said(no_address) == "send a code: pwreset request id:42");
}

TEST_CASE("a delivery that is not ended is waited for, or worked off") {
    CHECK(said(delivered("claimed")) == "it is being sent: look again in a minute");
    CHECK(said(delivered("held")) == "it is being sent: look again in a minute");
    CHECK(said(delivered("queued", now + Seconds(30))) == "wait: it is tried again at 2026-03-01T12:00:30Z");
    CHECK(said(delivered("queued")) ==
          "it waits for a worker since 2026-03-01T12:00:00Z: tell whoever runs that; is 'pwreset deliver' running?");
}

TEST_CASE("an uncertain delivery is looked for, though another follows") {
    const std::string look =
        "ask the user to look for the mail with reference G1XB-MX, in the spam folder too; it may "
        "have arrived, and a new one is sent ";
    CHECK(said(delivered("uncertain", now + Seconds(30))) == look + "at 2026-03-01T12:00:30Z");
    CHECK(said(delivered("uncertain")) == look + "by the next worker; 'pwreset deliver' is one");
}

TEST_CASE("a text message in doubt is asked for, and another one sent by hand") {
    auto texted = delivered("uncertain");
    texted.deliveries.front().channel = stored_word("sms", channel_words);
    texted.deliveries.front().kind = stored_word("reset_otp", kind_words);
    const std::string asked =
        "ask the user whether the text message came: nobody knows whether the gateway took it, and it is not sent "
        "again; "
        "if none came, send another: pwreset send-otp id:42 --channel sms";
    CHECK(said(texted) == asked);
    texted.live = {token("reset_otp", "live")};
    CHECK(said(texted) == asked);
    texted.deliveries.front().kind = stored_word("verify_caller", kind_words);
    CHECK(said(texted) == asked + " --for caller");
}

TEST_CASE("a text message is no mail: nobody looks for it in a spam folder") {
    auto texted = delivered("sent");
    texted.live = {token("reset_otp", "live")};
    texted.live.front().channel = stored_word("sms", channel_words);
    CHECK(said(texted) ==
          "ask the user to look for the text message with reference G1XB-MX, valid until 2026-03-01T13:00:00Z");
    auto failed = delivered("failed");
    failed.deliveries.front().channel = stored_word("sms", channel_words);
    failed.deliveries.front().reason = "undeliverable";
    CHECK(
        said(failed) ==
        "the gateway refused the message: its answer above says why; correct the number in the application where that "
        "is at fault, or send a link");
    failed.deliveries.front().reason = "gave_up";
    CHECK(said(failed) ==
          "the gateway did not take the message in time: look at its answer above, then send another code");
}

TEST_CASE("a live token is looked for, one that resets before one that only verifies") {
    auto both = delivered("sent");
    both.live = {token("verify_caller", "live", 3), token("link", "live", 1)};
    CHECK(said(both) ==
          "ask the user to look for the mail with reference G1XB-MX, in the spam folder too, valid until "
          "2026-03-01T13:00:00Z");
    both.live.pop_back();
    CHECK(said(both).ends_with("'pwreset verify-otp' takes the code from it"));
}

TEST_CASE("after a failure the address is corrected, or the relay") {
    auto failed = delivered("failed");
    failed.deliveries.front().reason = "undeliverable";
    CHECK(said(failed) == "the relay refused the address: correct it in the application, then request again");
    failed.deliveries.front().reason = "gave_up";
    CHECK(said(failed) == "the relay did not take the mail in time: look at its answer above, then request again");
}

TEST_CASE("a token that was used is no reason to wait") {
    auto used = delivered("sent");
    used.last_token = token("link", "used");
    used.last_token->used_at = now;
    used.limits = {limit("cooldown", 0, Seconds(42), Kind::link)};
    CHECK(said(used) ==
          "the link was used at 2026-03-01T12:00:00Z: the user signs in with the password set then, or "
          "asks for another link");
    used.last_token->kind = stored_word("verify_caller", kind_words);
    CHECK(said(used) == "wait 42 s, then request again");
}

TEST_CASE("the longest of the limits that concern a link is waited for") {
    auto limited = delivered("cancelled");
    limited.limits = {limit("cooldown", 0, Seconds(42), Kind::link), limit("recipient", 0, Seconds(600)),
                      limit("account", 3, Seconds(900)), limit("wrong_codes", 0, Seconds(1200)),
                      limit("cooldown", 0, Seconds(1800), Kind::verify_caller)};
    CHECK(said(limited) == "wait 10 min, then request again");
}

TEST_CASE("a link that a mail scanner rewrote can be opened, one that was damaged cannot") {
    const auto told = [](std::vector<Injury> injuries) {
        Inspection out = found();
        PastedLink link;
        link.token = token("link", "live");
        link.injuries = std::move(injuries);
        out.link = std::move(link);
        return said(out);
    };
    const std::string works = "the link works until 2026-03-01T13:00:00Z";
    const Injury rewritten{.what = Damage::wrapped, .digits_before = 0, .character = 30};
    const Injury broken{.what = Damage::line_break, .digits_before = 40, .character = 90};
    CHECK(told({}) == works + ": the user opens it");
    CHECK(told({rewritten}) ==
          works + ", by way of a mail scanner: the user opens it or, if that leads astray, is sent a code");
    CHECK(told({rewritten, broken}) ==
          works + ", but not as it was pasted: the user opens it from the mail itself, or is sent a code");
}

TEST_CASE("what the relay holds against us is not the user's fault, and names relay or sender") {
    Inspection inspection = delivered("queued", now + Seconds(60));
    inspection.deliveries[0].reason = "login";
    CHECK(said(inspection) ==
          "nothing is wrong with the user's address: relay 'relay.example' wants another login than ours; tell whoever "
          "runs the mail; it is tried again at 2026-03-01T12:01:00Z");
    inspection.deliveries[0].reason = "sender";
    CHECK_THAT(said(inspection), ContainsSubstring("refuses the sender 'no-reply@shop.example'"));
}

TEST_CASE("a relay that was not asked is not blamed") {
    Inspection inspection = delivered("failed");
    inspection.deliveries[0].reason = "undeliverable";
    inspection.deliveries[0].relay.reset();
    CHECK_THAT(said(inspection), ContainsSubstring("nothing was sent"));
}

TEST_CASE("of a link of ours that the application's own form replaced, the other mail is looked for") {
    Inspection inspection = found();
    inspection.link = PastedLink{.verdict = PastedLink::Verdict::valid,
                                 .token = token("link", "live"),
                                 .successor = {},
                                 .injuries = {},
                                 .others = 0};
    inspection.application = ApplicationLink{{.verdict = Taken::Verdict::superseded, .account = "42"}, {}};
    CHECK(said(inspection) ==
          "the application's own form was used since, and only the newest link works: ask the user to look for the "
          "application's own mail; or send another: pwreset request id:42");
}

}  // namespace pwreset
