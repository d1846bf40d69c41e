#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "src/base/error.h"
#include "src/transport/smtp.h"
#include "tests/catch.h"
#include "tests/core/transport/fake_relay.h"

using namespace pwreset;

namespace {

MailConfig login_config() {
    MailConfig config;
    config.host = "relay.test";
    config.port = 465;
    config.tls = Tls::implicit;
    config.helo = "client.test";
    config.user = "shop";
    config.password = Secret(std::string_view("open sesame"));
    return config;
}

std::shared_ptr<FakeRelay> relay_offering(const std::string& line) {
    auto relay = std::make_shared<FakeRelay>();
    relay->answers["EHLO"] = {"250-relay.test\r\n250 " + line + "\r\n"};
    return relay;
}

void log_in(const std::shared_ptr<FakeRelay>& relay, const MailConfig& config) {
    open_smtp(config, std::make_unique<FakeWire>(relay));
}

/// The error of a login that fails.
std::string fault_of_login(const std::shared_ptr<FakeRelay>& relay, const MailConfig& config) {
    try {
        log_in(relay, config);
    } catch (const Error& error) {
        CHECK(error.exit == Exit::unavailable);
        return error.message;
    }
    return "no fault";
}

/// A folder with a token in it, gone at the end.
struct TokenFile {
    TokenFile() : folder(std::filesystem::temp_directory_path() / ("token-test-" + std::to_string(::getpid()))) {
        std::filesystem::create_directory(folder);
        ::chmod(folder.c_str(), 0700);
        write("ya29.first-token\n");
    }
    ~TokenFile() { std::filesystem::remove_all(folder); }
    void write(const std::string& text) const {
        std::ofstream(file()) << text;
        ::chmod(file().c_str(), 0600);
    }
    std::filesystem::path file() const { return folder / "mail.token"; }
    std::filesystem::path folder;
};

MailConfig token_config(const TokenFile& written) {
    MailConfig config = login_config();
    config.password = Secret();
    config.token_file = written.file();
    config.token_reader = ::geteuid();
    return config;
}

/// base64 of "AUTH XOAUTH2"'s message for a token.
const char* const first_token = "T AUTH XOAUTH2 dXNlcj1zaG9wAWF1dGg9QmVhcmVyIHlhMjkuZmlyc3QtdG9rZW4BAQ==";

}  // namespace

TEST_CASE("a login is offered in the old form too") {
    const auto offer = GENERATE(as<std::string>{}, "AUTH=PLAIN", "AUTH=PLAIN LOGIN", "AUTH=LOGIN PLAIN", "auth=plain",
                                "AUTH PLAIN", "AUTH  LOGIN  PLAIN");
    CAPTURE(offer);
    const auto relay = relay_offering(offer);
    log_in(relay, login_config());
    CHECK(relay->commands[1] == "T AUTH PLAIN AHNob3AAb3BlbiBzZXNhbWU=");
}

TEST_CASE("a relay that prompts after the initial response gets it again") {
    const auto relay = relay_offering("AUTH PLAIN");
    relay->answers["AUTH"] = {"334 \r\n"};
    relay->answers["word"] = {"235 ok\r\n"};
    log_in(relay, login_config());
    CHECK(relay->commands[2] == "T AHNob3AAb3BlbiBzZXNhbWU=");
}

TEST_CASE("a way of logging in that is offered and refused gives way to the other") {
    const auto refusal = GENERATE(as<std::string>{}, "504 5.7.4 unrecognized", "535 5.7.8 fail", "500 what", "534 no");
    CAPTURE(refusal);
    const auto relay = relay_offering("AUTH PLAIN LOGIN");
    relay->answers["AUTH"] = {refusal + "\r\n", "334 VXNlcm5hbWU6\r\n"};
    relay->answers["word"] = {"334 UGFzc3dvcmQ6\r\n", "235 2.7.0 ok\r\n"};
    log_in(relay, login_config());
    CHECK(relay->commands[2] == "T AUTH LOGIN");
}

TEST_CASE("a login that cannot be judged now is not tried another way") {
    const auto relay = relay_offering("AUTH PLAIN LOGIN");
    relay->answers["AUTH"] = {"454 4.7.0 later\r\n"};
    CHECK(fault_of_login(relay, login_config()) == "relay 'relay.test' refused the login of 'shop': 454 4.7.0");
    CHECK(relay->commands.size() == 2);
}

TEST_CASE("a token is read anew at each connection") {
    const TokenFile token;
    const MailConfig config = token_config(token);
    const auto relay = relay_offering("AUTH PLAIN XOAUTH2");
    log_in(relay, config);
    CHECK(relay->commands[1] == first_token);
    token.write("ya29.second\nrefreshed at noon\n");
    const auto again = relay_offering("AUTH XOAUTH2");
    log_in(again, config);
    CHECK(again->commands[1] == "T AUTH XOAUTH2 dXNlcj1zaG9wAWF1dGg9QmVhcmVyIHlhMjkuc2Vjb25kAQE=");
}

TEST_CASE("OAUTHBEARER is the first choice, and a refused token is answered as each wants it") {
    const TokenFile token;
    const auto relay = relay_offering("AUTH XOAUTH2 OAUTHBEARER");
    relay->answers["AUTH"] = {"334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n"};
    relay->answers["word"] = {"535 5.7.8 expired\r\n"};
    CHECK(fault_of_login(relay, token_config(token)) == "relay 'relay.test' refused the login of 'shop': 535 5.7.8");
    // base64 of "n,a=shop,", host, port and token between bytes 1
    CHECK(relay->commands[1] ==
          "T AUTH OAUTHBEARER bixhPXNob3AsAWhvc3Q9cmVsYXkudGVzdAFwb3J0PTQ2NQFhdXRoPUJlYXJlciB5YT"
          "I5LmZpcnN0LXRva2VuAQE=");
    CHECK(relay->commands[2] == "T AQ==");
    CHECK(relay->commands[3] == first_token);
    CHECK(relay->commands[4] == "T ");
}

TEST_CASE("a token that others could read, or that is none, goes nowhere") {
    const TokenFile token;
    const auto relay = relay_offering("AUTH XOAUTH2");
    SECTION("readable by others") {
        ::chmod(token.file().c_str(), 0644);
        CHECK_THAT(fault_of_login(relay, token_config(token)), ContainsSubstring("cannot use the token of 'shop'"));
    }
    SECTION("missing") {
        std::filesystem::remove(token.file());
        CHECK_THAT(fault_of_login(relay, token_config(token)), ContainsSubstring("cannot use the token of 'shop'"));
    }
    SECTION("empty") {
        token.write("\n");
        CHECK_THAT(fault_of_login(relay, token_config(token)), ContainsSubstring("no OAuth token"));
    }
    SECTION("with a blank or worse in it") {
        token.write("ya29 \x01user=admin\n");
        CHECK_THAT(fault_of_login(relay, token_config(token)), ContainsSubstring("no OAuth token"));
    }
    CHECK(relay->commands.size() == 1);
}

TEST_CASE("a token is not told a relay that offers only passwords, nor over plain text") {
    const TokenFile token;
    const auto relay = relay_offering("AUTH PLAIN LOGIN");
    CHECK_THAT(fault_of_login(relay, token_config(token)),
               ContainsSubstring("neither AUTH OAUTHBEARER nor AUTH XOAUTH2"));
    MailConfig config = token_config(token);
    config.tls = Tls::off;
    const auto plain = relay_offering("AUTH XOAUTH2");
    CHECK_THROWS_AS(log_in(plain, config), Error);
    CHECK(plain->commands.size() == 1);
}
