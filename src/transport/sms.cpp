#include "src/transport/sms.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/base/masking.h"
#include "src/base/printable.h"
#include "src/net/json_answer.h"
#include "src/transport/redaction.h"
#include "src/transport/sms_words.h"

namespace pwreset {
namespace {

constexpr std::chrono::seconds trusted_idle{2};  ///< servers close what says nothing for longer
constexpr std::size_t longest_word = 40;         ///< of the gateway's, in an answer that is kept
constexpr std::chrono::seconds patience{5};      ///< for a gateway that wants a pause; a longer one is the queue's
constexpr std::chrono::seconds shortest_gap{1};  ///< between messages, after it said that they came too fast
constexpr Seconds longest_silence{3600};         ///< however long a gateway wants to be left alone
constexpr int too_many_requests = 429;
constexpr int trusted_run = 50;  ///< so many taken in a row allow half the gap

/// What an answer means by the words of the configuration.
enum class Meaning { none, permanent, temporary, accepted };

bool has(const std::vector<std::string>& words, const std::optional<std::string>& word) {
    return word && std::any_of(words.begin(), words.end(), [&](const auto& known) { return is_word(*word, known); });
}

bool has(const std::vector<int>& numbers, int number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool is_e164(std::string_view number) {
    return number.size() >= 8 && number.size() <= 16 && number.front() == '+' &&
           std::all_of(number.begin() + 1, number.end(), is_digit);
}

/// A result or an id as it may be kept: a word without anything that could be a sentence of the message.
std::string short_word(const std::string& word) {
    constexpr std::string_view others = "._:-";
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
        return is_alphanumeric(c) || others.find(c) != others.npos;
    });
    return plain ? word.substr(0, longest_word) : "";
}

/// "200 id 8792343", "400 21211", "200 ERROR:13".
std::string summary(const SmsAnswerConfig& config, const HttpOutcome& outcome, const JsonAnswer& json,
                    const std::string& said) {
    std::string text = std::to_string(outcome.status);
    const std::string word = short_word(said);
    if (said != text && said != "null" && !word.empty()) text += " " + word;
    const auto id = config.message_id.empty() ? std::nullopt : json.word(config.message_id);
    if (id && *id != "null" && !short_word(*id).empty()) text += " id " + short_word(*id);
    return text;
}

/// By the word at `result`.
Meaning meaning_of_word(const SmsAnswerConfig& config, const std::optional<std::string>& word) {
    if (has(config.permanent, word)) return Meaning::permanent;
    if (has(config.temporary, word)) return Meaning::temporary;
    return has(config.accepted, word) ? Meaning::accepted : Meaning::none;
}

/// By the words of plain text: of several that it says the first, since what follows are numbers and details.
Meaning meaning_of_text(const SmsAnswerConfig& config, const std::string& text) {
    Meaning meaning = Meaning::none;
    std::size_t first = text.size();
    const auto look = [&](Meaning what, const std::vector<std::string>& words, auto find) {
        for (const auto& word : words) {
            const auto at = find(text, word);
            if (!at || *at >= first) continue;
            first = *at;
            meaning = what;
        }
    };
    look(Meaning::permanent, config.permanent, place_of);
    look(Meaning::temporary, config.temporary, place_of);
    look(Meaning::accepted, config.accepted, place_of_yes);
    return meaning;
}

/// Whether an answer with a good status, which no word calls a refusal, says that the message was taken.
bool says_accepted(const SmsAnswerConfig& config, const HttpOutcome& outcome, const JsonAnswer& json,
                   const std::string& text, Meaning meaning) {
    const bool wants_json = !config.result.empty() || !config.message_id.empty();
    if (wants_json && (!outcome.complete || !json.valid())) return false;
    if (!config.accepted.empty() && meaning != Meaning::accepted) return false;
    return config.contains.empty() || place_of_yes(text, config.contains);
}

/// A gateway's own number of a message may be made of ours: as little as seven digits of it name the person.
std::string without_number(std::string answer, std::string_view number) {
    constexpr std::size_t telling = 7;
    const std::string_view end = number.substr(number.size() - telling);
    for (std::size_t at = answer.find(end); at != answer.npos; at = answer.find(end, at))
        answer.replace(at, telling, telling, '*');
    return answer;
}

class SmsGateway : public Transport {
public:
    SmsGateway(const SmsConfig& config, std::function<int()> signalled, WireConnector connect)
        : config_(config), signalled_(std::move(signalled)), connect_(std::move(connect)) {}

    /// Throws WireError.
    void connect() {
        wire_ = dial(config_.server, Clock::now() + config_.timeout, signalled_, connect_);
        connected_ = Clock::now();
    }

    SendResult send(const Envelope& envelope, const Secret& message) override;
    bool usable() const override { return true; }
    bool alive() override;
    std::string name() const override { return config_.server.host; }

private:
    using Clock = std::chrono::steady_clock;

    SendResult send_once(const HttpRequest& request, const Envelope& envelope, const Secret& message);
    SendResult not_tried() const;
    bool wait_for_turn(Clock::time_point until) const;
    void keep_pace(const SendResult& result);

    const SmsConfig& config_;
    std::function<int()> signalled_;
    WireConnector connect_;
    std::unique_ptr<Wire> wire_;  ///< not used yet
    Clock::time_point connected_;
    Clock::time_point free_at_{};  ///< when the next message may be offered
    Clock::duration gap_{};        ///< between two messages: what the gateway has asked for
    int run_ = 0;                  ///< taken since it last did
};

SendResult SmsGateway::send(const Envelope& envelope, const Secret& message) {
    if (!is_e164(envelope.recipient))
        return {Verdict::permanent, false, "the number is not one that text messages can be sent to"};
    const HttpRequest request = sms_request(config_, envelope, message);
    const auto until = Clock::now() + patience;
    SendResult result;
    do {
        if (!wait_for_turn(until)) return not_tried();
        result = send_once(request, envelope, message);
        // It was not taken, so the same code may be offered once more.
    } while (result.retry_after && free_at_ < until && signalled_() == 0);
    return result;
}

SendResult SmsGateway::not_tried() const {
    if (signalled_() != 0) return {.answer = "not tried: interrupted", .asked = false};
    const auto left = std::chrono::ceil<Seconds>(free_at_ - Clock::now());
    return {
        .answer = "not tried: the gateway wants a pause", .asked = false, .retry_after = std::max(left, Seconds(1))};
}

SendResult SmsGateway::send_once(const HttpRequest& request, const Envelope& envelope, const Secret& message) {
    std::unique_ptr<Wire> wire = std::exchange(wire_, nullptr);
    // What hung up meanwhile would take the request and never answer: then nobody knew whether the message was sent.
    if (Clock::now() - connected_ > trusted_idle) wire.reset();
    const HttpOutcome outcome =
        wire ? ask(*wire, request, Clock::now() + config_.timeout) : exchange(request, signalled_, connect_);
    SendResult result = judged(config_.answer, outcome);
    if (outcome.status == too_many_requests) gap_ = std::max<Clock::duration>(gap_, shortest_gap);
    keep_pace(result);
    if (outcome.answered())
        result.answer = redacted(without_number(result.answer, envelope.recipient), message, envelope.recipient);
    return result;
}

/// False when it does not come until then, or a signal did.
bool SmsGateway::wait_for_turn(Clock::time_point until) const {
    constexpr std::chrono::milliseconds step{20};
    while (Clock::now() < free_at_) {
        if (free_at_ > until || signalled_() != 0) return false;
        std::this_thread::sleep_for(std::min<Clock::duration>(step, free_at_ - Clock::now()));
    }
    return true;
}

/// As fast as the gateway takes them: slower when it asks for a pause, and faster again when it has taken many.
void SmsGateway::keep_pace(const SendResult& result) {
    const auto now = Clock::now();
    if (result.retry_after) {
        const Seconds pause = std::max(*result.retry_after, shortest_gap);
        // A longer one is that of a quota, which says nothing of the time between two messages.
        if (pause <= patience) gap_ = std::max<Clock::duration>(gap_, pause);
        free_at_ = now + pause;
        run_ = 0;
        return;
    }
    if (result.verdict == Verdict::accepted && ++run_ % trusted_run == 0) gap_ /= 2;
    free_at_ = now + gap_;
}

bool SmsGateway::alive() {
    try {
        connect();
        return true;
    } catch (const WireError&) {
        wire_.reset();
        return false;
    }
}

}  // namespace

HttpRequest sms_request(const SmsConfig& config, const Envelope& envelope, const Secret& text) {
    const std::string_view number = envelope.recipient;
    // As it is dialled in its own country, in most of them.
    const std::string national = "0" + std::string(number.substr(country_code(number).size()));
    const RequestValues values{number,        number.substr(1),   national, text.reveal(), envelope.reference,
                               config.sender, config.key.reveal()};
    HttpRequest request;
    request.server = config.server;
    request.method = config.method;
    request.timeout = config.timeout;
    request.target = config.target.filled(values, percent_encoded);
    for (const auto& [name, value] : config.headers) request.headers.emplace_back(name, value.filled(values, nullptr));
    if (!config.user.empty())
        request.headers.emplace_back("Authorization", basic_login(config.user, config.password.reveal()));
    if (!config.form.empty()) {
        std::vector<std::pair<std::string, Secret>> fields;
        for (const auto& [name, value] : config.form) fields.emplace_back(name, value.filled(values, nullptr));
        request.headers.emplace_back("Content-Type", Secret(std::string_view("application/x-www-form-urlencoded")));
        request.body = form_encoded(fields);
    } else if (!config.json.empty()) {
        request.headers.emplace_back("Content-Type", Secret(std::string_view("application/json")));
        request.body = config.json.filled(values, json_escaped);
    }
    return request;
}

SendResult judged(const SmsAnswerConfig& config, const HttpOutcome& outcome) {
    if (outcome.kind == HttpOutcome::Kind::not_sent) return {Verdict::temporary, false, outcome.fault};
    if (outcome.kind == HttpOutcome::Kind::broken) return {Verdict::unknown, false, outcome.fault};
    const std::string text = answer_text(outcome.body);
    const JsonAnswer json(outcome.complete ? text : "");
    const bool plain = config.result.empty();
    const auto result = plain ? std::nullopt : json.word(config.result);
    const Meaning meaning = plain ? meaning_of_text(config, text) : meaning_of_word(config, result);
    const int status = outcome.status;
    const std::string words = summary(config, outcome, json, plain ? first_word(text) : result.value_or(""));
    const std::string taken = plain ? summary(config, outcome, json, "") : words;
    if (meaning == Meaning::permanent) return {Verdict::permanent, false, words};
    SendResult put_off{.verdict = Verdict::temporary, .answer = words, .retry_after = outcome.retry_after};
    // A date far ahead would end all that waits, and is more than a clock can add.
    if (put_off.retry_after) put_off.retry_after = std::min(*put_off.retry_after, longest_silence);
    if (meaning == Meaning::temporary) return put_off;
    if (has(config.permanent_status, status)) return {Verdict::permanent, false, words};
    if (has(config.temporary_status, status)) return put_off;
    if (has(config.accepted_status, status)) {
        if (says_accepted(config, outcome, json, text, meaning)) return {Verdict::accepted, false, taken};
        return {Verdict::unknown, false, words + " with an answer that was not expected"};
    }
    // About us (RFC 9110, 15.5.2 and 15.5.4): no other message would be told anything else.
    if (status == 401 || status == 403) return {.answer = words, .concern = Concern::login, .concerns_all = true};
    if (status >= 400 && status < 500) return {Verdict::temporary, true, words};
    return {Verdict::unknown, false, words + (status / 100 == 3 ? ": a redirect, not followed" : "")};
}

std::unique_ptr<Transport> open_gateway(const SmsConfig& config, std::function<int()> signalled,
                                        WireConnector connect) {
    auto gateway = std::make_unique<SmsGateway>(config, std::move(signalled), std::move(connect));
    try {
        gateway->connect();
    } catch (const WireError& error) {
        const std::string server = "'" + authority_of(config.server.host, config.server.port) + "'";
        const bool certificate = error.kind == WireError::Kind::certificate;
        throw unavailable("cannot use gateway " + server + ": " + error.text,
                          certificate ? "sms.url must hold the name in the gateway's certificate; sms.tls_ca names the "
                                        "authority that signed it"
                                      : error.hint);
    }
    return gateway;
}

}  // namespace pwreset
