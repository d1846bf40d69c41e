#include <memory>
#include <string>

#include "src/transport/smtp.h"
#include "tests/catch.h"
#include "tests/core/transport/fake_relay.h"

using namespace pwreset;

namespace {

const Envelope kAnn{"noreply@example.com", "ann@example.com"};
const Envelope kBob{"noreply@example.com", "bob@example.com"};
const std::string kText = "Subject: x\r\n\r\nhello\r\n";

std::shared_ptr<FakeRelay> pipelining_relay() {
    auto relay = std::make_shared<FakeRelay>();
    relay->answers["EHLO"] = {"250-relay.test\r\n250 PIPELINING\r\n"};
    return relay;
}

std::unique_ptr<Transport> open_pipelining(const std::shared_ptr<FakeRelay>& relay) {
    MailConfig config;
    config.host = "relay.test";
    config.tls = Tls::off;
    config.helo = "client.test";
    return open_smtp(config, std::make_unique<FakeWire>(relay));
}

std::string lines_for(const char* recipient) {
    return std::string("MAIL FROM:<noreply@example.com>\r\nRCPT TO:<") + recipient + "@example.com>\r\nDATA\r\n";
}

}  // namespace

TEST_CASE("a pipelining relay hears MAIL, RCPT and DATA at once") {
    const auto relay = pipelining_relay();
    relay->piece = GENERATE(1, 4096);
    CHECK(open_pipelining(relay)->send(kAnn, Secret(kText)).verdict == Verdict::accepted);
    CHECK(relay->writes[1] == lines_for("ann"));
    CHECK(relay->messages.size() == 1);
}

TEST_CASE("a relay that waits for a message without a recipient is given a lone dot") {
    const auto relay = pipelining_relay();
    relay->answers["RCPT"] = {"550 5.1.1 unknown\r\n", "250 ok\r\n"};
    relay->answers["."] = {"554 5.5.1 no valid recipients\r\n", "250 2.0.0 queued\r\n"};
    const auto transport = open_pipelining(relay);
    const SendResult result = transport->send(kAnn, Secret(kText));
    CHECK(result.verdict == Verdict::permanent);
    CHECK(result.answer == "550 5.1.1 unknown");
    CHECK(relay->messages == std::vector<std::string>{""});
    CHECK(transport->usable());
    CHECK(transport->send(kBob, Secret(kText)).verdict == Verdict::accepted);
    CHECK(relay->messages.back() == kText);
}

TEST_CASE("what follows a refused MAIL does not change the verdict") {
    const auto relay = pipelining_relay();
    relay->answers["MAIL"] = {"451 4.3.0 later\r\n"};
    relay->answers["RCPT"] = {"503 5.5.1 MAIL first\r\n"};
    relay->answers["DATA"] = {"503 5.5.1 RCPT first\r\n"};
    const auto transport = open_pipelining(relay);
    const SendResult result = transport->send(kAnn, Secret(kText));
    CHECK(result.verdict == Verdict::temporary);
    CHECK(result.answer == "451 4.3.0 later");
    CHECK(transport->usable());
}

TEST_CASE("a refusal stays known when the connection breaks behind it") {
    const auto relay = pipelining_relay();
    relay->answers["RCPT"] = {"550 5.1.1 unknown\r\n@close"};
    const auto transport = open_pipelining(relay);
    CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::permanent);
    CHECK_FALSE(transport->usable());
}

TEST_CASE("an announced message is asked about together with the one before") {
    const auto relay = pipelining_relay();
    relay->piece = GENERATE(1, 4096);
    {
        const auto transport = open_pipelining(relay);
        transport->announce(kBob);
        CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::accepted);
        CHECK(relay->writes.back() == kText + ".\r\n" + lines_for("bob"));
        CHECK(transport->send(kBob, Secret("Bob's " + kText)).verdict == Verdict::accepted);
        CHECK(relay->writes.back() == "Bob's " + kText + ".\r\n");
    }
    CHECK(relay->messages == std::vector<std::string>{kText, "Bob's " + kText});
    CHECK(relay->commands.back() == "QUIT");
}

TEST_CASE("an announced message has its own verdict") {
    const auto relay = pipelining_relay();
    const auto transport = open_pipelining(relay);
    transport->announce(kBob);
    SECTION("when the one before is refused") {
        relay->answers["."] = {"550 5.1.1 unknown\r\n", "250 2.0.0 queued\r\n"};
        CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::permanent);
        CHECK(transport->usable());
        CHECK(transport->send(kBob, Secret(kText)).verdict == Verdict::accepted);
    }
    SECTION("when it is refused itself") {
        relay->answers["RCPT"] = {"250 ok\r\n", "550 5.1.1 unknown\r\n", "250 ok\r\n"};
        CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::accepted);
        CHECK(transport->send(kBob, Secret(kText)).verdict == Verdict::permanent);
        CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::accepted);
    }
    SECTION("when the one before is not even begun") {
        relay->answers["RCPT"] = {"550 5.1.1 unknown\r\n", "250 ok\r\n"};
        CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::permanent);
        CHECK(transport->send(kBob, Secret(kText)).verdict == Verdict::accepted);
    }
}

TEST_CASE("an announced message that does not come is sent to nobody") {
    const auto relay = pipelining_relay();
    auto transport = open_pipelining(relay);
    transport->announce(kBob);
    CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::accepted);
    SECTION("because another comes") {
        CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::temporary);
        CHECK_FALSE(transport->usable());
    }
    SECTION("because the connection is closed") {}
    transport.reset();
    CHECK(relay->hung_up);
    CHECK(relay->messages == std::vector<std::string>{kText});
    CHECK(relay->writes.back() == kText + ".\r\n" + lines_for("bob"));
}

TEST_CASE("a relay that waits for an announced message is not asked whether it is there") {
    auto relay = pipelining_relay();
    auto transport = open_pipelining(relay);
    transport->announce(kBob);
    transport->send(kAnn, Secret(kText));
    CHECK_FALSE(transport->alive());
    transport.reset();
    CHECK(relay->messages.size() == 1);
    for (const auto& command : relay->commands) CHECK(command != "NOOP");
}

TEST_CASE("a broken write of a message with lines behind it is judged by its own dot") {
    const auto relay = pipelining_relay();
    const auto transport = open_pipelining(relay);
    transport->announce(kBob);
    relay->accept = lines_for("ann").size() + kText.size();
    SECTION("before it") { CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::temporary); }
    SECTION("behind it") {
        relay->accept += 10;
        CHECK(transport->send(kAnn, Secret(kText)).verdict == Verdict::unknown);
    }
}

TEST_CASE("without PIPELINING an announcement changes nothing") {
    const auto relay = std::make_shared<FakeRelay>();
    const auto transport = open_pipelining(relay);
    transport->announce(kBob);
    transport->send(kAnn, Secret(kText));
    CHECK(relay->writes.back() == kText + ".\r\n");
    CHECK(transport->send(kBob, Secret(kText)).verdict == Verdict::accepted);
}
