// A relay that says anything at any moment: the parser of its replies, a whole conversation, and dot stuffing.
#include <algorithm>
#include <memory>

#include "src/transport/smtp.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

constexpr std::size_t summary_bytes = 200;
constexpr std::size_t reply_lines = 100;

// --- the parser ------------------------------------------------------------------------------------------------------

/// The summaries of all replies, and whether the parser gave up after them.
std::vector<std::string> replies_of(std::string_view said, std::size_t piece) {
    ReplyParser parser;
    std::vector<std::string> summaries;
    bool broken = false;
    try {
        for (std::size_t at = 0; at < said.size(); at += piece) parser.feed(said.substr(at, piece));
    } catch (const WireError& error) {
        require(error.kind == WireError::Kind::broken, "what is no reply breaks the conversation");
        broken = true;
    }
    while (parser.has_reply()) {
        const SmtpReply reply = parser.take_reply();
        require(reply.code >= 200 && reply.code <= 599, "a reply has a code");
        require(!reply.lines.empty() && reply.lines.size() <= reply_lines, "a reply has a bounded number of lines");
        const std::string summary = reply.summary();
        require(summary.size() <= summary_bytes && printable(summary) == summary, "a summary is one printable line");
        summaries.push_back(summary);
    }
    if (broken) summaries.emplace_back("broken");
    return summaries;
}

// --- dot stuffing ----------------------------------------------------------------------------------------------------

/// The lines, each without its CRLF. Every line has one, and no CR or LF stands alone.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t end = text.find("\r\n"); end != text.npos; end = text.find("\r\n")) {
        lines.emplace_back(text.substr(0, end));
        require(lines.back().find_first_of("\r\n") == std::string::npos, "no CR or LF stands alone");
        text.remove_prefix(end + 2);
    }
    require(text.empty(), "every line is ended");
    return lines;
}

std::string with_plain_line_ends(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "\r\n") continue;
        plain += text[i] == '\r' ? '\n' : text[i];
    }
    return plain;
}

void check_stuffing(std::string_view text) {
    const Secret stuffed = dot_stuffed(Secret(text));
    std::vector<std::string> lines = lines_of(stuffed.reveal());
    require(!lines.empty() && lines.back() == ".", "a message is ended by a dot");
    lines.pop_back();
    std::string back;
    for (const std::string& line : lines) {
        require(line != ".", "a message is not ended before its end");
        back += (line.starts_with('.') ? line.substr(1) : line) + "\n";
    }
    std::string expected = with_plain_line_ends(text);
    if (!expected.empty() && !expected.ends_with('\n')) expected += '\n';
    if (expected.empty()) back.erase(back.find_last_not_of('\n') + 1);
    require(back == expected, "a message comes out as it went in");
}

// --- the conversation ------------------------------------------------------------------------------------------------

const std::string password = "open sesame";

struct Letter {
    Envelope envelope;
    std::string text;
};

/// What the relay does, and what it has heard.
struct Relay {
    std::vector<std::string> says;   ///< what one read after the other brings
    bool silent = false;             ///< then nothing; else it hangs up
    std::size_t accepts = SIZE_MAX;  ///< bytes it takes before the connection breaks
    bool wants_tls = false;          ///< by the configuration: until then nothing may be said
    const std::vector<Letter>* letters = nullptr;

    bool encrypted = false;
    std::string said;  ///< as far as it has been read
    int reads_at_end = 0;
    std::vector<std::string> recipients;  ///< since the last MAIL
    std::vector<std::string> texts;       ///< of the messages it was given
    std::size_t said_before_text = 0;     ///< how much it had said when the last one came
};

void hear_command(Relay& relay, const std::string& line) {
    if (line.starts_with("MAIL FROM:")) relay.recipients.clear();
    if (line.starts_with("RCPT TO:")) relay.recipients.push_back(line.substr(line.find('<')));
    if (relay.encrypted || !relay.wants_tls) return;
    require(line == "EHLO fuzz.example" || line == "STARTTLS" || line == "QUIT", "before TLS nothing is said but EHLO");
}

/// True when the bytes begin with a message; commands may follow it.
bool hear_message(Relay& relay, std::string_view& bytes) {
    for (const Letter& letter : *relay.letters) {
        const Secret stuffed = dot_stuffed(Secret(std::string_view(letter.text)));
        if (!bytes.starts_with(stuffed.reveal())) continue;
        require(relay.encrypted || !relay.wants_tls, "no message leaves before TLS");
        require(relay.said.starts_with('3') || relay.said.find("\n3") != std::string::npos,
                "no message leaves unasked");
        require(relay.recipients.size() == 1 && relay.recipients[0].starts_with("<" + letter.envelope.recipient + ">"),
                "a message goes to its recipient and to nobody else");
        require(std::count(relay.texts.begin(), relay.texts.end(), letter.text) == 0, "a message is sent once");
        relay.texts.push_back(letter.text);
        relay.said_before_text = relay.said.size();
        bytes.remove_prefix(stuffed.size());
        return true;
    }
    return false;
}

class FuzzWire : public Wire {
public:
    explicit FuzzWire(Relay& relay) : relay_(relay) {}

    std::size_t read(char* buffer, std::size_t size, Deadline) override {
        if (next_ == relay_.says.size()) {
            require(++relay_.reads_at_end < 10, "nobody waits for ever for a relay that is gone");
            if (relay_.silent) throw WireError(WireError::Kind::timeout, "no answer in time");
            return 0;
        }
        std::string& piece = relay_.says[next_];
        const std::size_t count = std::min(size, piece.size());
        std::copy_n(piece.begin(), count, buffer);
        relay_.said.append(piece, 0, count);
        piece.erase(0, count);
        if (piece.empty()) ++next_;
        return count;
    }

    void write(std::string_view bytes, Deadline) override {
        const bool message = hear_message(relay_, bytes);
        for (const std::string& line : lines_of(bytes)) {
            require(line.find('\0') == line.npos, "no command holds NUL");
            require(line.find("TOKEN") == line.npos || message, "a token is in messages only");
            hear_command(relay_, line);
        }
        if (bytes.size() <= relay_.accepts) {
            relay_.accepts -= bytes.size();
            return;
        }
        WireError error(WireError::Kind::closed, "the connection was reset");
        error.written = relay_.accepts;
        throw error;
    }

    void start_tls(Deadline) override {
        require(!relay_.encrypted, "TLS begins once");
        relay_.encrypted = true;
    }

private:
    Relay& relay_;
    std::size_t next_ = 0;
};

void check_send(Transport& transport, Relay& relay, const Letter& letter) {
    const bool usable = transport.usable();
    const SendResult result = transport.send(letter.envelope, Secret(std::string_view(letter.text)));
    require(result.answer.size() <= summary_bytes && printable(result.answer) == result.answer,
            "an answer is one printable line");
    const bool given = !relay.texts.empty() && relay.texts.back() == letter.text;
    require(usable || !given, "nothing is sent over a broken connection");
    require(result.verdict != Verdict::unknown || given, "the outcome is unknown only after a message");
    require(result.verdict != Verdict::permanent || result.concern == Concern::recipient,
            "only what is about the recipient condemns it");
    require(!result.counts || result.verdict == Verdict::temporary, "only what is tried again counts as a try");
    require(!result.connection_full || result.verdict == Verdict::temporary,
            "a full connection leaves the mail to another");
    require(result.asked || !given, "what was not asked was not given");
    if (result.verdict != Verdict::accepted) return;
    require(given, "what was not sent is not accepted");
    require(relay.said.substr(relay.said_before_text).starts_with('2'), "accepted is what the relay says so of");
}

RelayConfig config_of(const std::string& options) {
    RelayConfig config;
    config.host = "relay.example";
    config.helo = "fuzz.example";
    config.tls = Tls::starttls;
    if (options.find('i') != options.npos) config.tls = Tls::implicit;
    if (options.find('o') != options.npos) config.tls = Tls::off;
    if (options.find('l') == options.npos) return config;
    config.user = "shop";
    config.password = Secret(std::string_view(password));
    return config;
}

/// The options are letters: i implicit TLS, o no TLS (else STARTTLS), l a login, a the second message is announced,
/// s the relay falls silent instead of hanging up, b the connection breaks after some bytes, u an address in UTF-8.
void check_conversation(const std::string& options, std::vector<std::string> says) {
    const auto option = [&](char letter) { return options.find(letter) != options.npos; };
    const std::string second = option('u') ? "گل@example.com" : "bob@example.com";
    const std::vector<Letter> letters{
        {{"shop@example.com", "ana@example.com"}, "Subject: 1\r\n\r\n.\r\nTOKEN-1\r\n"},
        {{"shop@example.com", second}, "Subject: 2\r\n\r\n.TOKEN-2"},
    };
    std::erase_if(says, [](const std::string& piece) { return piece.empty(); });
    Relay relay;
    relay.says = std::move(says);
    relay.silent = option('s');
    relay.letters = &letters;
    if (option('b')) relay.accepts = 37 * options.size();
    const RelayConfig config = config_of(options);
    relay.wants_tls = config.tls != Tls::off;
    try {
        const auto transport = open_smtp(config, std::make_unique<FuzzWire>(relay));
        require(relay.encrypted == relay.wants_tls, "an open relay is encrypted where that is configured");
        if (option('a')) transport->announce(letters[1].envelope);
        check_send(*transport, relay, letters[0]);
        check_send(*transport, relay, letters[1]);
    } catch (const Error& error) {
        require(error.exit == Exit::unavailable && error.code == "UNAVAILABLE", "a relay that fails is UNAVAILABLE");
        require_printable(error);
        require(relay.texts.empty(), "a relay that cannot be opened gets no message");
    }
}

}  // namespace
}  // namespace pwreset::fuzz

/// Options, and "%%" before what each read brings.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset::fuzz;
    const std::string_view text = text_of(data, size);
    std::vector<std::string> parts = parts_of(text);
    const std::string options = parts.front();
    parts.erase(parts.begin());
    std::string said;
    for (const std::string& piece : parts) said += piece;
    require(replies_of(said, said.size() + 1) == replies_of(said, 1),
            "it does not matter in which pieces a reply comes");
    check_stuffing(text);
    check_conversation(options, std::move(parts));
    return 0;
}
