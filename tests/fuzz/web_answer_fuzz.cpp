// What a web service answers, and what an attacker may put into a message to it: the answer's bytes, its JSON, what a
// gateway's words mean, and the request that is made of a text.
#include <algorithm>

#include "src/net/http_engine.h"
#include "src/net/json_answer.h"
#include "src/net/wire.h"
#include "src/transport/sms.h"
#include "src/transport/sms_words.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

/// Takes what is written, and says what it was given, `step` bytes at a time; then the connection ends.
class FuzzWire : public Wire {
public:
    FuzzWire(std::string_view says, std::size_t step) : says_(says), step_(std::max<std::size_t>(step, 1)) {}
    std::size_t read(char* buffer, std::size_t size, Deadline) override {
        const std::string_view piece = says_.substr(0, std::min(size, step_));
        std::copy(piece.begin(), piece.end(), buffer);
        says_.remove_prefix(piece.size());
        read_ += piece.size();
        require(read_ <= longest_head + longest_body + 16384, "no answer is read without end");
        return piece.size();
    }
    void write(std::string_view bytes, Deadline) override { written += bytes; }
    void start_tls(Deadline) override {}

    std::string written;

private:
    std::string_view says_;
    std::size_t step_;
    std::size_t read_ = 0;
};

SmsConfig config_of(const std::string& options) {
    SmsConfig config;
    config.server.host = "gateway.example";
    config.target = RequestTemplate("/v1/{{key}}/send?to={{to}}&text={{text}}");
    config.headers.emplace_back("X-Api-Key", RequestTemplate("{{key}}"));
    config.key = Secret(std::string_view("the-key"));
    if (options.find('f') != options.npos) config.form.emplace_back("text", RequestTemplate("{{text}}"));
    if (options.find('j') != options.npos) config.json = RequestTemplate("{\"text\": \"{{text}}\"}");
    config.answer.result = "/status";
    config.answer.accepted = {"200"};
    config.answer.permanent = {"411"};
    config.answer.message_id = "/ids/0";
    return config;
}

bool same(const HttpOutcome& one, const HttpOutcome& other) {
    return one.kind == other.kind && one.status == other.status && one.body == other.body &&
           one.complete == other.complete;
}

HttpOutcome asked(const HttpRequest& request, std::string_view says, std::size_t step, std::string& written) {
    FuzzWire wire(says, step);
    const HttpOutcome outcome = ask(wire, request, std::chrono::steady_clock::now() + std::chrono::hours(1));
    written = wire.written;
    return outcome;
}

/// One request, and in its head nothing that the text could have made.
void check_request(const std::string& written, const HttpRequest& request) {
    const std::size_t end = written.find("\r\n\r\n");
    require(end != written.npos, "a request has a head");
    const std::string head = written.substr(0, end);
    const auto lines = std::count(head.begin(), head.end(), '\n');
    const bool typed = request.headers.size() > 1;
    require(lines == 4 + 1 + (typed ? 1 : 0) + 1, "no text makes a header");
    require(head.find('\0') == head.npos && std::count(head.begin(), head.end(), '\r') == lines, "a head is lines");
    require(written.substr(end + 4) == request.body.reveal(), "the body follows the head");
    require(head.find("Content-Length: " + std::to_string(request.body.size())) != head.npos,
            "the body has its length");
}

void check_text(const SmsConfig& config, const HttpRequest& request, std::string_view text) {
    if (!config.json.empty() && is_utf8(text) && text.size() < 4096) {
        const auto back = JsonAnswer(request.body.reveal()).word("/text");
        require(back && *back == text, "a text comes out of JSON as it went in");
    }
    require(request.target.reveal().find_first_of(" \r\n#") == std::string_view::npos, "a target is one word");
    require(std::count(request.target.reveal().begin(), request.target.reveal().end(), '&') == 1,
            "no text makes a parameter");
}

void check_judgement(const SmsConfig& config, const HttpOutcome& outcome) {
    const SendResult result = judged(config.answer, outcome);
    require(printable(result.answer) == result.answer && result.answer.size() <= longest_answer,
            "an answer is one printable line");
    require(result.answer.find("the-key") == std::string::npos || outcome.body.find("the-key") != std::string::npos,
            "our key is in no answer of ours");
    if (result.verdict != Verdict::accepted) return;
    const std::string text = answer_text(outcome.body);
    const JsonAnswer json(text);
    require(outcome.answered() && outcome.complete && outcome.status / 100 == 2 && json.word("/status") == "200",
            "accepted is what the gateway says so of");
}

}  // namespace
}  // namespace pwreset::fuzz

/// Options (f form, j JSON), the text of a message, and what the server says.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    std::vector<std::string> parts = parts_of(text_of(data, size));
    parts.resize(3);
    SmsConfig config = config_of(parts[0]);
    if (!config.form.empty()) config.json = {};
    const HttpRequest request = sms_request(config, {"", "+989121234567", "R"}, Secret(std::string_view(parts[1])));
    std::string written;
    const HttpOutcome outcome = asked(request, parts[2], parts[2].size(), written);
    require(same(outcome, asked(request, parts[2], 1, written)), "it does not matter in which pieces an answer comes");
    check_request(written, request);
    check_text(config, request, parts[1]);
    check_judgement(config, outcome);
    // The body by itself, so that mutations need not keep the head in order.
    HttpOutcome bare;
    bare.kind = HttpOutcome::Kind::answered;
    bare.status = 200;
    bare.body = parts[2];
    bare.complete = true;
    check_judgement(config, bare);
    return 0;
}
