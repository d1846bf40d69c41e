#include "src/transport/captcha.h"

#include <algorithm>
#include <array>

#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/stop.h"
#include "src/net/http.h"
#include "src/net/json_answer.h"

namespace pwreset {
namespace {

constexpr std::size_t longest_fault = 40;  ///< columns of the service's words in a message

Error captcha_refused(const std::string& why) {
    return {Exit::forbidden, "CAPTCHA_FAILED", "the captcha was not passed: " + why, "let the visitor solve a new one"};
}

Error no_answer(const CaptchaConfig& config, const std::string& why, const std::string& hint = {}) {
    return unavailable("no usable answer from captcha service '" + config.server.host + "': " + why,
                       hint.empty() ? "try again; a token that was not spent stays good for five minutes" : hint);
}

/// A UUID of version 4: with it, asking again about a token that was spent by the first try is no replay.
std::string new_uuid(const Env& env) {
    std::array<char, 16> bytes{};
    env.random(bytes.data(), bytes.size());
    bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
    std::string text = hex(std::string_view(bytes.data(), bytes.size()));
    for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
    return text;
}

HttpRequest request_for(const Env& env, const CaptchaConfig& config, std::string_view token) {
    HttpRequest request;
    request.server = config.server;
    request.target = Secret(std::string_view(config.target));
    request.timeout = config.timeout;
    request.headers.emplace_back("Content-Type", Secret(std::string_view("application/x-www-form-urlencoded")));
    std::vector<std::pair<std::string, Secret>> fields;
    fields.emplace_back("secret", Secret(config.secret.reveal()));
    fields.emplace_back("response", Secret(token));
    fields.emplace_back("idempotency_key", Secret(std::string_view(new_uuid(env))));
    request.body = form_encoded(fields);
    return request;
}

/// What services of this kind say that is about our secret, and about the visitor's token.
constexpr std::array<std::string_view, 4> faults_of_secret{"invalid-input-secret", "missing-input-secret",
                                                           "invalid-parsed-secret", "sitekey-secret-mismatch"};
constexpr std::array<std::string_view, 3> faults_of_token{"invalid-input-response", "missing-input-response",
                                                          "invalid-or-already-seen-response"};
constexpr std::array<std::string_view, 3> faults_of_age{"timeout-or-duplicate", "expired-input-response",
                                                        "already-seen-response"};

template <typename Words>
bool is_among(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// What it says that it did not like. The visitor is told only of what is about his token: anything else is between the
/// service and us, and a new captcha would not mend it.
[[noreturn]] void fail_for(const CaptchaConfig& config, const JsonAnswer& answer) {
    const auto faults = answer.words("/error-codes");
    bool old = false;
    for (const auto& fault : faults) {
        if (is_among(faults_of_secret, fault))
            throw config_error("captcha service '" + config.server.host + "' does not know our secret",
                               "put the widget's secret key into the file of captcha.secret_file");
    }
    for (const auto& fault : faults) {
        old = old || is_among(faults_of_age, fault);
        if (is_among(faults_of_token, fault) || is_among(faults_of_age, fault)) continue;
        throw no_answer(config, "it says '" + cut(printable(fault), longest_fault) + "'");
    }
    throw captcha_refused(old ? "the token is too old, or was used before" : "the token is not valid");
}

void judge(const CaptchaConfig& config, const HttpOutcome& outcome) {
    if (!outcome.answered()) throw no_answer(config, outcome.fault, outcome.hint);
    const std::string status = "status " + std::to_string(outcome.status);
    if (outcome.status / 100 != 2 && outcome.status / 100 != 4) throw no_answer(config, status);
    const JsonAnswer answer(outcome.complete ? std::string_view(outcome.body) : "");
    const auto success = answer.word("/success");
    if (success == "false") fail_for(config, answer);
    if (success != "true" || outcome.status != 200) throw no_answer(config, status + " without a yes or no");
    // A token of another page of the same widget, or of another site that was given our site key.
    if (!config.hostname.empty() && answer.word("/hostname") != config.hostname)
        throw captcha_refused("it was solved on another host");
    if (!config.action.empty() && answer.word("/action") != config.action)
        throw captcha_refused("it was solved for another action");
}

}  // namespace

void check_captcha(const Env& env, const CaptchaConfig& config, std::string_view token) {
    if (token.empty()) throw captcha_refused("there is no token");
    if (token.size() > longest_captcha_token || !is_utf8(token)) throw captcha_refused("the token is not valid");
    const HttpRequest request = request_for(env, config, token);
    HttpOutcome outcome = env.http(request);
    stop_when_signalled(env, "nothing was queued");
    // Once more when the connection broke before an answer; not after a wait, which the visitor has sat through.
    if (outcome.kind == HttpOutcome::Kind::broken && !outcome.late) outcome = env.http(request);
    stop_when_signalled(env, "nothing was queued");
    judge(config, outcome);
}

}  // namespace pwreset
