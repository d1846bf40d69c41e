#include "src/transport/smtp.h"

#include <climits>
#include <memory>
#include <string>

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/transport/fake_relay.h"

using namespace pwreset;

namespace {

const Envelope kEnvelope{"noreply@example.com", "ann@example.com"};
const char* const kPipelining = "250-relay.test\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n";

MailConfig plain_config() {
    MailConfig config;
    config.host = "relay.test";
    config.tls = Tls::off;
    config.helo = "client.test";
    return config;
}

MailConfig tls_config() {
    MailConfig config = plain_config();
    config.tls = Tls::starttls;
    return config;
}

MailConfig with_login(MailConfig config) {
    config.user = "shop";
    config.password = Secret(std::string_view("open sesame"));
    return config;
}

Secret a_message() { return Secret(std::string_view("Subject: x\r\n\r\n.hello\r\n")); }

std::unique_ptr<Transport> open(const std::shared_ptr<FakeRelay>& relay, const MailConfig& config) {
    return open_smtp(config, std::make_unique<FakeWire>(relay));
}

/// The error a relay that cannot be opened ends in.
Error refusal(const std::shared_ptr<FakeRelay>& relay, const MailConfig& config) {
    try {
        open(relay, config);
    } catch (const Error& error) {
        return error;
    }
    FAIL("the relay was opened");
    return internal_error("");
}

std::shared_ptr<FakeRelay> relay_with(const std::string& key, const std::string& answer) {
    auto relay = std::make_shared<FakeRelay>();
    relay->answers[key] = {answer};
    return relay;
}

}  // namespace

// --- opening -------------------------------------------------------------------------------------------------------

TEST_CASE("a plain conversation is greeting, EHLO, transaction, QUIT") {
    const auto relay = std::make_shared<FakeRelay>();
    relay->piece = GENERATE(1, 3, 4096);
    open(relay, plain_config())->send(kEnvelope, a_message());
    CHECK(relay->commands == std::vector<std::string>{"EHLO client.test", "MAIL FROM:<noreply@example.com> SIZE=22",
                                                      "RCPT TO:<ann@example.com>", "DATA", "QUIT"});
    CHECK(relay->messages == std::vector<std::string>{"Subject: x\r\n\r\n..hello\r\n"});
    CHECK(relay->hung_up);
}

TEST_CASE("with STARTTLS everything after it is encrypted and EHLO is said again") {
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n");
    relay->answers["EHLO*"] = {"250-relay.test\r\n250 AUTH LOGIN PLAIN\r\n"};
    open(relay, with_login(tls_config()));
    // base64 of NUL shop NUL open sesame
    CHECK(relay->commands == std::vector<std::string>{"EHLO client.test", "STARTTLS", "T EHLO client.test",
                                                      "T AUTH PLAIN AHNob3AAb3BlbiBzZXNhbWU=", "T QUIT"});
}

TEST_CASE("with implicit TLS not even the greeting is plain") {
    const auto relay = std::make_shared<FakeRelay>();
    MailConfig config = plain_config();
    config.tls = Tls::implicit;
    open(relay, config);
    CHECK(relay->commands.front() == "T EHLO client.test");
}

TEST_CASE("what was offered before STARTTLS does not count after it") {
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n");
    relay->answers["EHLO*"] = {"250 relay.test\r\n"};
    CHECK_THAT(refusal(relay, with_login(tls_config())).message, ContainsSubstring("AUTH PLAIN"));
}

TEST_CASE("without STARTTLS where it is configured nothing goes on") {
    const auto relay =
        GENERATE(relay_with("EHLO", "250-relay.test\r\n250 AUTH PLAIN\r\n"),
                 relay_with("EHLO", "250-STARTTLS\r\n250 XSTARTTLS\r\n"), relay_with("EHLO", "502 no EHLO here\r\n"));
    const Error error = refusal(relay, with_login(tls_config()));
    CHECK(error.code == "UNAVAILABLE");
    CHECK(relay->commands == std::vector<std::string>{"EHLO client.test"});
}

TEST_CASE("a refused STARTTLS is not answered with plain text") {
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250 STARTTLS\r\n");
    relay->answers["STARTTLS"] = {"454 4.7.0 not now\r\n"};
    CHECK_THAT(refusal(relay, tls_config()).message, ContainsSubstring("454 4.7.0 not now"));
    CHECK(relay->commands.back() == "STARTTLS");
}

TEST_CASE("plain text behind the answer to STARTTLS ends the connection") {
    const auto extra = GENERATE(as<std::string>{}, "250 injected\r\n", "2", "250-half\r\n", "\r\n");
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250 STARTTLS\r\n");
    relay->answers["STARTTLS"] = {"220 go\r\n" + extra};
    refusal(relay, tls_config());
    CHECK(relay->commands.back() == "STARTTLS");
    CHECK(relay->hung_up);
}

TEST_CASE("HELO is the way out only without TLS and after a permanent refusal") {
    SECTION("taken") {
        const auto relay = relay_with("EHLO", "502 5.5.1 what?\r\n");
        CHECK(open(relay, plain_config())->send(kEnvelope, a_message()).verdict == Verdict::accepted);
        CHECK(relay->commands[1] == "HELO client.test");
        CHECK(relay->commands[2] == "MAIL FROM:<noreply@example.com>");
    }
    SECTION("not after a temporary one") {
        const auto relay = relay_with("EHLO", "421 4.3.2 closing\r\n");
        CHECK_THAT(refusal(relay, plain_config()).message, ContainsSubstring("421 4.3.2 closing"));
        CHECK(relay->commands.size() == 1);
    }
}

TEST_CASE("a relay that does not open is unavailable, in its own words") {
    const auto [key, answer, words] = GENERATE(table<std::string, std::string, std::string>({
        {"greeting", "554 5.7.1 go away\r\n", "554 5.7.1 go away"},
        {"greeting", "421 4.3.2 busy\r\n", "421 4.3.2 busy"},
        {"greeting", "@silence", "no answer in time"},
        {"greeting", "@close", "closed the connection"},
        {"greeting", "@interrupt", "interrupted"},
        {"greeting", "SSH-2.0-OpenSSH_9.2\r\n", "no SMTP reply"},
        {"EHLO", "250-relay.test\r\n@close", "closed the connection"},
        {"EHLO", "550 5.7.1 bad name\r\n", "relay.test"},
    }));
    const auto relay = relay_with(key, answer);
    relay->answers["HELO"] = {"550 5.7.1 bad name, too\r\n"};
    CAPTURE(key, answer);
    const Error error = refusal(relay, plain_config());
    CHECK(error.exit == Exit::unavailable);
    CHECK_THAT(error.message, ContainsSubstring(words));
}

TEST_CASE("the login is the one the relay offers by its exact name") {
    const auto relay = std::make_shared<FakeRelay>();
    SECTION("LOGIN") {
        relay->answers["EHLO"] = {"250-relay.test\r\n250 auth XPLAIN login PLAIN-CLIENTTOKEN\r\n"};
        relay->answers["AUTH"] = {"334 VXNlcm5hbWU6\r\n"};
        relay->answers["word"] = {"334 UGFzc3dvcmQ6\r\n", "235 2.7.0 ok\r\n"};
        open(relay, with_login(plain_config()));
        CHECK(relay->commands ==
              std::vector<std::string>{"EHLO client.test", "AUTH LOGIN", "c2hvcA==", "b3BlbiBzZXNhbWU=", "QUIT"});
    }
    SECTION("neither") {
        relay->answers["EHLO"] = {"250-relay.test\r\n250-XAUTH PLAIN\r\n250 AUTH CRAM-MD5 XPLAIN\r\n"};
        CHECK_THAT(refusal(relay, with_login(plain_config())).message, ContainsSubstring("neither"));
        CHECK(relay->commands.size() == 1);
    }
}

TEST_CASE("a refused login says so without the password, whatever the relay repeats") {
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250 AUTH PLAIN LOGIN\r\n");
    relay->answers["AUTH"] = {"535 5.7.8 'open sesame' AHNob3AAb3BlbiBzZXNhbWU= is wrong\r\n"};
    const Error error = refusal(relay, with_login(plain_config()));
    CHECK(error.message == "relay 'relay.test' refused the login of 'shop': 535 5.7.8");
}

TEST_CASE("a name for EHLO with a line break in it is not said") {
    const auto relay = std::make_shared<FakeRelay>();
    MailConfig config = plain_config();
    config.helo = "x\r\nMAIL FROM:<evil@example.com>";
    open(relay, config);
    CHECK(relay->commands.front() == "EHLO localhost");
}

// --- one message ---------------------------------------------------------------------------------------------------

TEST_CASE("each answer has its verdict") {
    struct Case {
        const char* step;
        const char* answer;
        Verdict verdict;
        bool counts;
        bool usable;
    };
    const auto relay = std::make_shared<FakeRelay>();
    relay->answers["EHLO"] = {GENERATE(as<std::string>{}, "250 relay.test\r\n", kPipelining)};
    relay->piece = GENERATE(1, 4096);
    const auto test = GENERATE(values<Case>({
        {"MAIL", "451 4.3.0 later\r\n", Verdict::temporary, false, true},
        {"MAIL", "550 5.7.1 not from you\r\n", Verdict::temporary, false, true},
        {"RCPT", "450 4.2.1 later\r\n", Verdict::temporary, true, true},
        {"RCPT", "452 4.2.2 full\r\n", Verdict::temporary, true, true},
        {"RCPT", "550 5.1.1 unknown\r\n", Verdict::permanent, false, true},
        {"RCPT", "552 5.2.2 full\r\n", Verdict::permanent, false, true},
        {"DATA", "451 later\r\n", Verdict::temporary, true, true},
        {"DATA", "550 5.1.1 no\r\n", Verdict::permanent, false, true},
        {".", "451 4.3.0 later\r\n", Verdict::temporary, false, true},
        {".", "554 5.7.1 spam\r\n", Verdict::temporary, false, true},
        {".", "550 5.1.1 unknown\r\n", Verdict::permanent, false, true},
        {"MAIL", "421 4.7.0 bye\r\n@close", Verdict::temporary, false, false},
        {"RCPT", "421 4.7.0 bye\r\n@close", Verdict::temporary, false, false},
        {"DATA", "421 4.7.0 bye\r\n@close", Verdict::temporary, false, false},
        {".", "421 4.7.0 bye\r\n@close", Verdict::temporary, false, false},
    }));
    relay->answers[test.step] = {test.answer, "250 again\r\n"};
    CAPTURE(test.step, test.answer, relay->piece, relay->answers["EHLO"]);
    {
        const auto transport = open(relay, plain_config());
        const SendResult result = transport->send(kEnvelope, a_message());
        CHECK(result.verdict == test.verdict);
        CHECK(result.counts == test.counts);
        CHECK(result.answer + "\r\n" == std::string(test.answer).substr(0, result.answer.size() + 2));
        CHECK(transport->usable() == test.usable);
        if (!test.usable) CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::temporary);
    }
    const bool reset = std::find(relay->commands.begin(), relay->commands.end(), "RSET") != relay->commands.end();
    CHECK(reset == test.usable);
    CHECK((relay->commands.back() == "QUIT") == test.usable);
}

TEST_CASE("a broken conversation is temporary before the final dot and unknown after it") {
    struct Case {
        const char* step;
        const char* answer;
        Verdict verdict;
    };
    const auto relay = std::make_shared<FakeRelay>();
    relay->answers["EHLO"] = {GENERATE(as<std::string>{}, "250 relay.test\r\n", kPipelining)};
    const auto test = GENERATE(values<Case>({
        {"MAIL", "@close", Verdict::temporary},
        {"MAIL", "@silence", Verdict::temporary},
        {"MAIL", "nonsense\r\n", Verdict::temporary},
        {"MAIL", "354 go ahead\r\n", Verdict::temporary},
        {"RCPT", "250-half@close", Verdict::temporary},
        {"RCPT", "@silence@close", Verdict::temporary},
        {"DATA", "250 ok\r\n", Verdict::temporary},
        {"DATA", "354 go\r\n250 2.0.0 queued\r\n", Verdict::temporary},
        {"DATA", "@interrupt@silence", Verdict::temporary},
        {".", "@close", Verdict::unknown},
        {".", "@silence", Verdict::unknown},
        {".", "250-ok\r\n@close", Verdict::unknown},
        {".", "250 2.0", Verdict::unknown},
        {".", "nonsense\r\n", Verdict::unknown},
        {".", "354 more\r\n", Verdict::unknown},
        {".", "@interrupt@silence", Verdict::unknown},
    }));
    relay->answers[test.step] = {test.answer};
    CAPTURE(test.step, test.answer, relay->answers["EHLO"]);
    const auto transport = open(relay, plain_config());
    const SendResult result = transport->send(kEnvelope, a_message());
    CHECK(result.verdict == test.verdict);
    CHECK_FALSE(result.counts);
    CHECK_FALSE(transport->usable());
    CHECK((test.verdict == Verdict::unknown || relay->messages.empty()));
}

TEST_CASE("a signal before the final dot ends the mail, after it the answer is still heard") {
    const auto relay = std::make_shared<FakeRelay>();
    SECTION("before") {
        relay->answers["RCPT"] = {"@interrupt"};
        const SendResult result = open(relay, plain_config())->send(kEnvelope, a_message());
        CHECK(result.verdict == Verdict::temporary);
        CHECK(result.answer == "interrupted");
        CHECK_FALSE(result.counts);
    }
    SECTION("after") {
        /// A wire whose first wait after the message is interrupted although the answer is on its way.
        struct LateWire : FakeWire {
            using FakeWire::FakeWire;
            void write(std::string_view bytes, Deadline deadline) override {
                FakeWire::write(bytes, deadline);
                armed = bytes.substr(0, 7) == "Subject";
            }
            std::size_t read(char* buffer, std::size_t size, Deadline deadline) override {
                if (std::exchange(armed, false)) throw WireError(WireError::Kind::interrupted, "interrupted");
                return FakeWire::read(buffer, size, deadline);
            }
            bool armed = false;
        };
        const auto transport = open_smtp(plain_config(), std::make_unique<LateWire>(relay));
        CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::accepted);
        CHECK(transport->usable());
    }
}

TEST_CASE("the first byte of the final dot is where a broken write becomes unknown") {
    const auto relay = std::make_shared<FakeRelay>();
    const auto transport = open(relay, plain_config());
    const std::size_t envelope = std::string(
                                     "MAIL FROM:<noreply@example.com> SIZE=22\r\n"
                                     "RCPT TO:<ann@example.com>\r\nDATA\r\n")
                                     .size();
    const std::size_t text = std::string("Subject: x\r\n\r\n..hello\r\n").size();
    SECTION("just before") {
        relay->accept = envelope + text;
        CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::temporary);
    }
    SECTION("just after") {
        relay->accept = envelope + text + 1;
        CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::unknown);
    }
    CHECK_FALSE(transport->usable());
}

TEST_CASE("an address the relay cannot be told is refused before anything is said") {
    const auto relay = std::make_shared<FakeRelay>();
    const auto transport = open(relay, plain_config());
    const auto recipient =
        GENERATE(as<std::string>{}, "ann@example.com>\r\nRCPT TO:<evil@example.com", "ann", "ann@\xC3\xBC\xFF.example");
    const SendResult result = transport->send({"noreply@example.com", recipient}, a_message());
    CHECK(result.verdict == Verdict::permanent);
    CHECK_FALSE(result.asked);
    CHECK(transport->usable());
    CHECK(relay->commands.size() == 1);
}

TEST_CASE("what the relay has said it does not take waits, and is not asked") {
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250 SIZE 30\r\n");
    const auto transport = open(relay, plain_config());
    const auto utf8 = transport->send({"noreply@example.com", "j\xC3\xB6rg@example.com"}, a_message());
    CHECK(utf8.verdict == Verdict::temporary);
    CHECK(utf8.concern == Concern::smtputf8);
    const auto large = transport->send(kEnvelope, Secret(std::string(31, 'x')));
    CHECK(large.concern == Concern::size);
    CHECK_FALSE(large.counts);
    CHECK(relay->commands.size() == 1);
    CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::accepted);
}

TEST_CASE("odd addresses that carriers gave out are said in quotes") {
    const auto [stored, said] = GENERATE(table<std::string, std::string>({
        {"a..b@docomo.example", "\"a..b\"@docomo.example"},
        {"taro.@docomo.example", "\"taro.\"@docomo.example"},
        {".taro@docomo.example", "\".taro\"@docomo.example"},
        {"\"a b\"@example.com", "\"a b\"@example.com"},
        {"a@my_host.example.com", "a@my_host.example.com"},
        {"a.b@example.com", "a.b@example.com"},
    }));
    const auto relay = std::make_shared<FakeRelay>();
    CHECK(open(relay, plain_config())->send({"", stored}, a_message()).verdict == Verdict::accepted);
    CHECK(relay->commands[2] == "RCPT TO:<" + said + ">");
}

TEST_CASE("a connection carries as many mails as is configured, or fewer where the relay says so") {
    const auto [ehlo, ours, room] = GENERATE(table<std::string, int, int>({
        {"250 relay.test\r\n", 10, 10},
        {"250-relay.test\r\n250 LIMITS MAILMAX=3 RCPTMAX=100\r\n", 10, 3},
        {"250-relay.test\r\n250 LIMITS RCPTMAX=100 MAILMAX=1000\r\n", 10, 10},
        {"250-relay.test\r\n250 LIMITS MAILMAX=3\r\n", 0, 3},
        {"250-relay.test\r\n250 LIMITS MAILMAX=0\r\n", 10, 10},
        {"250-relay.test\r\n250 LIMITS MAILMAX=many\r\n", 10, 10},
        {"250 relay.test\r\n", 0, INT_MAX},
    }));
    const auto relay = relay_with("EHLO", ehlo);
    MailConfig config = plain_config();
    config.per_connection = ours;
    const auto transport = open(relay, config);
    CHECK(transport->room() == room);
    transport->send(kEnvelope, a_message());
    CHECK(transport->room() == room - 1);
}

TEST_CASE("past its limit a connection offers nothing, which is nobody's fault") {
    const auto relay = std::make_shared<FakeRelay>();
    MailConfig config = plain_config();
    config.per_connection = 1;
    const auto transport = open(relay, config);
    transport->send(kEnvelope, a_message());
    const auto result = transport->send(kEnvelope, a_message());
    CHECK(result.connection_full);
    CHECK_FALSE(result.asked);
    CHECK(relay->messages.size() == 1);
}

TEST_CASE("a relay that ends its connection after some mails is asked on another one at once") {
    const auto [step, answer] = GENERATE(table<std::string, std::string>({
        {"MAIL", "421 too many messages in this connection\r\n@close"},
        {"MAIL", "452 4.5.3 Too many recipients: Too many messages sent\r\n"},
        {"MAIL", "452 enough\r\n"},
        {"MAIL", "@close"},
        {"RCPT", "421 4.7.0 Error: too many errors\r\n@close"},
        {"DATA", "@close"},
    }));
    CAPTURE(step, answer);
    SECTION("after a mail") {
        const auto relay = std::make_shared<FakeRelay>();
        const auto transport = open(relay, plain_config());
        CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::accepted);
        relay->answers[step] = {answer};
        const auto result = transport->send(kEnvelope, a_message());
        CHECK(result.connection_full);
        CHECK(result.verdict == Verdict::temporary);
        CHECK_FALSE(result.counts);
        CHECK((transport->room() == 0 || !transport->usable()));
    }
    SECTION("but not when it has taken none") {
        const auto relay = relay_with(step, answer);
        CHECK_FALSE(open(relay, plain_config())->send(kEnvelope, a_message()).connection_full);
    }
}

TEST_CASE("a rehearsal asks MAIL, RCPT to the sender, RSET, and never DATA") {
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250-SIZE 5000\r\n250 LIMITS MAILMAX=7\r\n");
    SECTION("taken") {
        const auto found = open(relay, plain_config())->rehearse("noreply@example.com").value();
        CHECK(found.largest == 5000);
        CHECK(found.mails == 7);
        CHECK_FALSE(found.smtputf8);
        CHECK_FALSE(found.refusal);
        CHECK(relay->commands == std::vector<std::string>{"EHLO client.test", "MAIL FROM:<noreply@example.com>",
                                                          "RCPT TO:<noreply@example.com>", "RSET", "QUIT"});
    }
    SECTION("refused") {
        relay->answers["MAIL"] = {"530 5.7.0 log in first\r\n"};
        const auto found = open(relay, plain_config())->rehearse("noreply@example.com").value();
        CHECK(found.refusal->concern == Concern::login);
        CHECK(relay->commands.back() == "QUIT");
    }
    SECTION("cut off") {
        relay->answers["RCPT"] = {"@close"};
        CHECK(open(relay, plain_config())->rehearse("noreply@example.com")->refusal.has_value());
    }
}

TEST_CASE("names beyond ASCII are said in punycode and, where offered, with SMTPUTF8") {
    const auto relay = relay_with("EHLO", "250-relay.test\r\n250 SMTPUTF8\r\n");
    const auto transport = open(relay, plain_config());
    transport->send({"",
                     "j\xC3\xB6rg@b\xC3\xBC"
                     "cher.example"},
                    a_message());
    CHECK(relay->commands[1] == "MAIL FROM:<> SMTPUTF8");
    CHECK(relay->commands[2] == "RCPT TO:<j\xC3\xB6rg@xn--bcher-kva.example>");
    transport->send({"",
                     "ann@b\xC3\xBC"
                     "cher.example"},
                    a_message());
    CHECK(relay->commands[4] == "MAIL FROM:<>");
}

TEST_CASE("the relay's words are made printable") {
    const auto relay = relay_with(".", "550 5.7.1 \x1b[2J\xE2\x80\xAEgone\r\n");
    const std::string answer = open(relay, plain_config())->send(kEnvelope, a_message()).answer;
    CHECK(answer.find('\x1b') == std::string::npos);
    CHECK(answer.find("\xE2\x80\xAE") == std::string::npos);
}

TEST_CASE("a relay that is still there answers NOOP, and the connection goes on") {
    auto relay = std::make_shared<FakeRelay>();
    auto transport = open(relay, plain_config());
    CHECK(transport->alive());
    CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::accepted);
    CHECK(relay->commands[1] == "NOOP");
}

TEST_CASE("a relay that hung up, says goodbye or nothing at all is not used again") {
    for (const char* answer : {"@close", "421 4.4.2 timeout\r\n@close", "421 4.4.2 timeout\r\n", "500 what\r\n",
                               "250 ok\r\n250 ok\r\n", "@silence"}) {
        INFO(answer);
        auto relay = relay_with("NOOP", answer);
        auto transport = open(relay, plain_config());
        CHECK_FALSE(transport->alive());
        CHECK_FALSE(transport->usable());
        CHECK(transport->send(kEnvelope, a_message()).verdict == Verdict::temporary);
        CHECK(relay->commands.back() == "NOOP");
    }
}

TEST_CASE("a destroyed connection that waits for an answer says nothing more") {
    const auto relay = relay_with("RCPT", "@silence");
    open(relay, plain_config())->send(kEnvelope, a_message());
    CHECK(relay->commands.back() == "RCPT TO:<ann@example.com>");
    CHECK(relay->hung_up);
}
