#include "src/transport/captcha.h"

#include <vector>

#include "src/base/error.h"
#include "src/net/http.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

/// The service, which answers one after another and has heard what it was asked.
struct Service {
    std::vector<HttpOutcome> answers;
    std::vector<std::string> heard;
    FakeEnv fake;
    CaptchaConfig config;

    Service() {
        config.server.host = "captcha.example";
        config.target = "/siteverify";
        config.secret = Secret(std::string_view("s3cret&"));
        fake.env.signalled = [] { return 0; };
        fake.env.http = [this](const HttpRequest& request) {
            heard.emplace_back(request.body.reveal());
            return answers.at(heard.size() - 1);
        };
    }

    void says(int status, const std::string& body) {
        HttpOutcome outcome;
        outcome.kind = HttpOutcome::Kind::answered;
        outcome.status = status;
        outcome.body = body;
        outcome.complete = true;
        answers.push_back(outcome);
    }

    void fails(HttpOutcome::Kind kind, const std::string& fault, bool late = false) {
        HttpOutcome outcome;
        outcome.kind = kind;
        outcome.fault = fault;
        outcome.late = late;
        answers.push_back(outcome);
    }

    std::string check(std::string_view token = "token") {
        try {
            check_captcha(fake.env, config, token);
            return "passed";
        } catch (const Error& error) {
            return error.code + ": " + error.message;
        }
    }
};

/// What is made of one answer.
std::string judged(int status, const std::string& body) {
    Service service;
    service.says(status, body);
    return service.check();
}

const std::string yes = R"({"success": true, "error-codes": [], "hostname": "shop.example", "action": "reset"})";
const std::string failed = "CAPTCHA_FAILED: the captcha was not passed: ";
const std::string silent = "UNAVAILABLE: no usable answer from captcha service 'captcha.example': ";

std::string no(const std::string& why) { return R"({"success": false, "error-codes": [")" + why + "\"]}"; }

}  // namespace

TEST_CASE("a token is passed on with our secret, each encoded") {
    Service service;
    service.says(200, yes);
    CHECK(service.check("a b&secret=x") == "passed");
    REQUIRE(service.heard.size() == 1);
    const std::string start = "secret=s3cret%26&response=a%20b%26secret%3Dx&idempotency_key=";
    CHECK(service.heard[0].substr(0, start.size()) == start);
    CHECK(service.heard[0].size() == start.size() + 36);
}

TEST_CASE("only a clear yes passes") {
    CHECK(judged(200, yes) == "passed");
    CHECK(judged(200, R"({"success": "true"})") == "passed");
    for (const char* body : {"", "{}", "true", "<html>", R"({"success": 1})", R"({"success": null})", R"([true])"}) {
        INFO(body);
        CHECK(judged(200, body) == silent + "status 200 without a yes or no");
    }
    CHECK(judged(201, yes) == silent + "status 201 without a yes or no");
    CHECK(judged(302, yes) == silent + "status 302");
    CHECK(judged(500, yes) == silent + "status 500");
    CHECK(judged(429, "slow down") == silent + "status 429 without a yes or no");
}

TEST_CASE("each refusal of the service has its code") {
    CHECK(judged(200, no("invalid-input-response")) == failed + "the token is not valid");
    CHECK(judged(200, no("missing-input-response")) == failed + "the token is not valid");
    CHECK(judged(200, R"({"success": false})") == failed + "the token is not valid");
    CHECK(judged(200, no("timeout-or-duplicate")) == failed + "the token is too old, or was used before");
    for (const char* fault : {"invalid-input-secret", "missing-input-secret", "sitekey-secret-mismatch"})
        CHECK(judged(200, no(fault)) == "CONFIG: captcha service 'captcha.example' does not know our secret");
}

TEST_CASE("a fault between the service and us is not told to the visitor as his") {
    CHECK(judged(400, no("bad-request")) == silent + "it says 'bad-request'");
    CHECK(judged(200, no("internal-error")) == silent + "it says 'internal-error'");
    CHECK(judged(200, no("invalid-remoteip")) == silent + "it says 'invalid-remoteip'");
    CHECK(judged(403, no("quota-of-next-year")) == silent + "it says 'quota-of-next-year'");
    CHECK(judged(400, no("invalid-input-response\", \"bad-request")) == silent + "it says 'bad-request'");
    CHECK(judged(400, no("invalid-input-response\", \"missing-input-secret")) ==
          "CONFIG: captcha service 'captcha.example' does not know our secret");
    CHECK(judged(200, no("\\u001b[31m" + std::string(100, 'x'))) ==
          silent + "it says '\\u{1B}[31m" + std::string(29, 'x') + "…'");
    // Which says that the visitor's token was looked at.
    CHECK(judged(200, no("expired-input-response")) == failed + "the token is too old, or was used before");
    CHECK(judged(200, no("already-seen-response")) == failed + "the token is too old, or was used before");
}

TEST_CASE("a token that cannot be one is not asked about") {
    Service service;
    CHECK(service.check("") == failed + "there is no token");
    CHECK(service.check(std::string(2049, 'x')) == failed + "the token is not valid");
    CHECK(service.check("\xff") == failed + "the token is not valid");
    CHECK(service.heard.empty());
    service.says(200, yes);
    CHECK(service.check(std::string(2048, 'x')) == "passed");
}

TEST_CASE("a token of another host or action does not pass") {
    Service service;
    service.config.hostname = "shop.example";
    service.config.action = "reset";
    service.says(200, yes);
    service.says(200, R"({"success": true, "hostname": "evil.example", "action": "reset"})");
    service.says(200, R"({"success": true, "hostname": "shop.example", "action": "login"})");
    service.says(200, R"({"success": true})");
    CHECK(service.check() == "passed");
    CHECK(service.check() == failed + "it was solved on another host");
    CHECK(service.check() == failed + "it was solved for another action");
    CHECK(service.check() == failed + "it was solved on another host");
}

TEST_CASE("a connection that breaks is tried once more with the same key, a wait is not") {
    Service service;
    service.fails(HttpOutcome::Kind::broken, "the connection was reset");
    service.says(200, yes);
    CHECK(service.check() == "passed");
    REQUIRE(service.heard.size() == 2);
    CHECK(service.heard[0] == service.heard[1]);

    Service slow;
    slow.fails(HttpOutcome::Kind::broken, "no answer in time", true);
    CHECK(slow.check() == silent + "no answer in time");
    CHECK(slow.heard.size() == 1);

    Service away;
    away.fails(HttpOutcome::Kind::not_sent, "connection refused");
    CHECK(away.check() == silent + "connection refused");
}
