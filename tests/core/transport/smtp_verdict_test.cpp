#include "src/transport/smtp_verdict.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// "550 5.1.1 no such user", read as it would be from the wire.
SmtpReply reply_of(const std::string& line) {
    ReplyParser parser;
    parser.feed(line + "\r\n");
    return parser.take_reply();
}

enum class Fate {
    condemned,  ///< the recipient is refused for good
    unproven,   ///< so it is once this relay has taken another recipient
    tried,      ///< queued, and counts as one of the eight tries
    kept,       ///< queued
    stopped,    ///< queued, and so is everything behind it
};

Fate fate_of(const SendResult& result) {
    if (result.verdict == Verdict::permanent) return result.needs_proof ? Fate::unproven : Fate::condemned;
    if (result.counts) return Fate::tried;
    return result.concerns_all ? Fate::stopped : Fate::kept;
}

struct Row {
    Step step;
    const char* reply;
    Fate fate;
    Concern concern;
};

void check(const Row& row) {
    const SendResult result = refusal_at(row.step, reply_of(row.reply));
    INFO("step " << static_cast<int>(row.step) << ": " << row.reply);
    CHECK(static_cast<int>(fate_of(result)) == static_cast<int>(row.fate));
    CHECK(word_of(result.concern.value()) == word_of(row.concern));
    CHECK(result.answer == row.reply);
}

constexpr Step mail = Step::mail;
constexpr Step rcpt = Step::rcpt;
constexpr Step data = Step::data;
constexpr Step message = Step::message;

}  // namespace

TEST_CASE("a recipient is condemned by what is about it, at every step after MAIL") {
    for (const Step step : {rcpt, data, message}) {
        for (const char* code : {"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.5", "5.1.6", "5.1.10", "5.2.1", "5.2.2"})
            check({step, ("550 " + std::string(code) + " no").c_str(), Fate::condemned, Concern::recipient});
        check({step, "450 4.1.1 not known yet", Fate::tried, Concern::recipient});
        check({step, "452 4.2.2 mailbox full", Fate::tried, Concern::recipient});
        check({step, "450 4.2.1 receiving too quickly", Fate::tried, Concern::recipient});
        check({step, "552 5.2.3 too long for this mailbox", Fate::tried, Concern::recipient});
        check({step, "524 5.2.4 list expansion", Fate::tried, Concern::recipient});
    }
}

TEST_CASE("what is about us keeps the queue, at every step") {
    for (const Step step : {mail, rcpt, data, message}) {
        check({step, "530 authentication required", Fate::stopped, Concern::login});
        check({step, "530 5.7.57 Client not authenticated", Fate::stopped, Concern::login});
        check({step, "535 5.1.1 whatever", Fate::stopped, Concern::login});
        check({step, "550 5.7.8 credentials", Fate::stopped, Concern::login});
        check({step, "550 5.7.14 log in through your browser", Fate::stopped, Concern::login});
        check({step, "550 5.1.7 bad sender", Fate::stopped, Concern::sender});
        check({step, "450 4.1.8 domain not found", Fate::stopped, Concern::sender});
        check({step, "550 5.7.60 no permission to send as this sender", Fate::stopped, Concern::sender});
        check({step, "550 5.7.26 unauthenticated", Fate::stopped, Concern::sender});
        check({step, "550 5.7.509 DMARC", Fate::stopped, Concern::sender});
        check({step, "550 5.4.5 daily quota", Fate::stopped, Concern::quota});
        check({step, "450 4.7.28 unusual rate", Fate::stopped, Concern::quota});
        check({step, "550 5.7.233 tenant exceeded", Fate::stopped, Concern::quota});
        check({step, "550 5.7.54 unable to relay", Fate::stopped, Concern::routing});
        check({step, "550 5.4.1 no answer from host", Fate::kept, Concern::routing});
        check({step, "451 4.4.1 no answer from host", Fate::kept, Concern::routing});
        check({step, "554 5.4.6 loop", Fate::kept, Concern::routing});
        check({step, "554 5.7.1 Relay access denied", Fate::kept, Concern::policy});
        check({step, "450 4.7.1 greylisted", Fate::kept, Concern::policy});
        check({step, "552 5.3.4 too big", Fate::kept, Concern::size});
        check({step, "451 4.3.0 lookup failure", Fate::kept, Concern::relay});
        check({step, "452 4.3.1 disk full", Fate::kept, Concern::relay});
        check({step, "553 5.6.7 SMTPUTF8 needed", Fate::kept, Concern::smtputf8});
        check({step, "550 5.6.0 content", Fate::kept, Concern::policy});
        check({step, "503 5.5.1 sequence", Fate::kept, Concern::relay});
        check({step, "421 4.7.0 too many errors", Fate::kept, Concern::relay});
        check({step, "421 bye", Fate::kept, Concern::relay});
    }
}

TEST_CASE("at MAIL an address is the sender's") {
    check({mail, "550 5.1.1 unknown", Fate::stopped, Concern::sender});
    check({mail, "550 5.2.1 disabled", Fate::stopped, Concern::sender});
    check({mail, "550 no", Fate::stopped, Concern::sender});
    check({mail, "552 too much", Fate::kept, Concern::size});
    check({mail, "451 later", Fate::kept, Concern::relay});
}

TEST_CASE("a bare 550 to 553 at RCPT needs proof, and nowhere else condemns anybody") {
    for (const char* code : {"550", "551", "552", "553"}) {
        check({rcpt, code, Fate::unproven, Concern::recipient});
        check({rcpt, (std::string(code) + " 5.0.0 no").c_str(), Fate::unproven, Concern::recipient});
    }
    for (const char* code : {"550", "551", "553"}) {
        check({data, code, Fate::kept, Concern::relay});
        check({message, code, Fate::kept, Concern::policy});
    }
    check({message, "552", Fate::kept, Concern::size});
    for (const char* code : {"500", "501", "502", "503", "504", "555"})
        for (const Step step : {rcpt, data, message})
            check({step, code, Fate::kept,
                   step == message && std::string(code) == "555" ? Concern::policy : Concern::relay});
    check({rcpt, "554 no", Fate::kept, Concern::policy});
    check({rcpt, "521 no", Fate::kept, Concern::routing});
    check({rcpt, "556 no", Fate::kept, Concern::routing});
    check({rcpt, "571 no", Fate::kept, Concern::policy});
}

TEST_CASE("a bare 4xx counts as a try once the recipient was named") {
    for (const char* code : {"450 later", "451 later", "452 later"}) {
        check({rcpt, code, Fate::tried, Concern::recipient});
        check({data, code, Fate::tried, Concern::relay});
        check({message, code, Fate::tried, Concern::relay});
    }
}

TEST_CASE("words acquit where codes are missing, and do not condemn") {
    check({rcpt, "550 relay not permitted", Fate::kept, Concern::routing});
    check({rcpt, "550 Sender verify failed", Fate::stopped, Concern::sender});
    check({rcpt, "550 5.1.0 <no-reply@shop.example>: Sender address rejected: User unknown", Fate::stopped,
           Concern::sender});
    check({rcpt, "550 5.1.0 Address rejected.", Fate::condemned, Concern::recipient});
    check({rcpt, "550 Authentication is required for relay", Fate::stopped, Concern::login});
    check({rcpt, "550 Daily sending limit exceeded", Fate::stopped, Concern::quota});
    check({rcpt, "451 too many messages, slow down", Fate::stopped, Concern::quota});
    check({rcpt, "550 your host is in a blocklist", Fate::kept, Concern::policy});
    check({message, "550 looks like spam", Fate::kept, Concern::policy});
    check({rcpt, "550 no such user here", Fate::unproven, Concern::recipient});
    check({rcpt, "550 <spam.relay@example.com> is unknown", Fate::unproven, Concern::recipient});
    for (const char* line : {"550 Administrative prohibition", "550 Rejected: your IP is not welcome", "550 Forbidden",
                             "553 You are not allowed to send here", "550 Your account has been suspended"})
        check({rcpt, line, Fate::kept, Concern::policy});
    for (const char* line : {"550 Sie haben Ihr Versandlimit erreicht", "550 Quota exceeded", "552 Limite atteinte",
                             "550 Ha superado el límite", "550 too many connections today"})
        check({rcpt, line, Fate::stopped, Concern::quota});
    check({rcpt, "550 Absender nicht erlaubt", Fate::stopped, Concern::sender});
    for (const char* line : {"552 Mailbox quota exceeded", "550 user over quota", "552 Recipient's inbox limit"})
        check({rcpt, line, Fate::unproven, Concern::recipient});
    check({rcpt, "552 size exceeded", Fate::kept, Concern::size});
    check({rcpt, "552 message size exceeds fixed limit", Fate::kept, Concern::size});
    check({message, "554 no such user here", Fate::kept, Concern::policy});
}

TEST_CASE("parameters that are refused are about SMTPUTF8 where that was asked for") {
    for (const char* line :
         {"555 5.5.4 Unsupported option: SMTPUTF8", "503 5.5.4 Unsupported option", "555 parameters"}) {
        CAPTURE(line);
        CHECK(refusal_at(mail, reply_of(line), true).concern == Concern::smtputf8);
    }
    CHECK(refusal_at(mail, reply_of("555 5.5.4 Unsupported option"), false).concern == Concern::relay);
}
