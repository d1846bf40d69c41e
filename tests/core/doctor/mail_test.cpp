#include "src/doctor/mail.h"

#include "src/transport/smtp_verdict.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

MailConfig a_config() {
    MailConfig config;
    config.host = "relay.test";
    config.from_address = "no-reply@shop.example";
    return config;
}

Rehearsal refused(Step step, const SmtpReply& reply) {
    Rehearsal rehearsal{.smtputf8 = true};
    rehearsal.refusal = refusal_at(step, reply);
    rehearsal.at_recipient = step == Step::rcpt;
    return rehearsal;
}

}  // namespace

TEST_CASE("what a relay takes is told, with what it does not") {
    const auto checks = judge_rehearsal(a_config(), {.smtputf8 = false, .largest = 10485760, .mails = 100});
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].level == Level::ok);
    CHECK(checks[0].finding ==
          "relay 'relay.test' takes mails of up to 10485760 bytes, 100 in a connection; no SMTPUTF8: an address beyond "
          "ASCII before its '@' cannot be mailed");
}

TEST_CASE("a relay that takes only small mails is a warning") {
    CHECK(judge_rehearsal(a_config(), {.smtputf8 = true, .largest = 10000})[0].level == Level::warning);
}

TEST_CASE("a login that the relay misses is a problem before anybody is mailed") {
    const auto checks = judge_rehearsal(
        a_config(), refused(Step::mail, {.code = 530, .enhanced = "5.7.0", .lines = {"Authentication required"}}));
    CHECK(checks[0].level == Level::problem);
    CHECK(checks[0].finding ==
          "relay 'relay.test' wants another login than ours, at MAIL: 530 5.7.0 Authentication required");
    CHECK(checks[0].remedy == "write user and password_file in [mail]");
}

TEST_CASE("a sender that has no mailbox is a warning, since only bounces are lost") {
    const auto checks =
        judge_rehearsal(a_config(), refused(Step::rcpt, {.code = 550, .enhanced = "5.1.1", .lines = {"unknown"}}));
    CHECK(checks[0].level == Level::warning);
    CHECK_THAT(checks[0].finding, ContainsSubstring("bounces are lost: 550 5.1.1 unknown"));
}

TEST_CASE("relay access that is denied at RCPT is a problem, and hints at the login") {
    const auto checks = judge_rehearsal(
        a_config(), refused(Step::rcpt, {.code = 554, .enhanced = "5.7.1", .lines = {"Relay access denied"}}));
    CHECK(checks[0].level == Level::problem);
    CHECK_THAT(checks[0].remedy, ContainsSubstring("may want a login"));
}
