#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/printable.h"
#include "src/transport/smtp.h"

namespace pwreset {
namespace {

// RFC 5321 (4.5.3.1.5) allows 512 bytes; real relays write more, but nobody needs more than this.
constexpr std::size_t line_limit = 1000;
constexpr std::size_t reply_lines = 100;

[[noreturn]] void no_reply(const char* why) { throw WireError(WireError::Kind::broken, why); }

/// The reply code of a line (RFC 5321, section 4.2), or 0.
int code_of(std::string_view line) {
    if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2])) return 0;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/// The enhanced status code a text begins with (RFC 2034: class 2, 4 or 5, the same as the reply's), or nothing.
std::string_view enhanced_of(std::string_view text, int code) {
    if (text.empty() || text[0] != static_cast<char>('0' + code / 100) || code / 100 == 3) return {};
    std::size_t end = 1;
    for (int part = 0; part < 2; ++part) {
        if (end >= text.size() || text[end] != '.') return {};
        const std::size_t first = ++end;
        while (end < text.size() && end - first < 3 && is_digit(text[end])) ++end;
        if (end == first) return {};
    }
    // Some relays put a colon or a comma behind it.
    if (end < text.size() && (is_alphanumeric(text[end]) || text[end] == '.')) return {};
    return text.substr(0, end);
}

}  // namespace

std::string SmtpReply::summary() const {
    std::string text = std::to_string(code);
    if (!enhanced.empty()) text += " " + enhanced;
    for (const std::string& line : lines)
        if (!line.empty()) text += " " + line;
    return cut_bytes(printable(text), longest_answer);
}

void ReplyParser::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        if (line_.size() + piece.size() > line_limit) no_reply("the relay sent a line that is too long");
        line_ += piece;
        if (end == std::string_view::npos) return;
        bytes.remove_prefix(end + 1);
        end_line();
    }
}

void ReplyParser::end_line() {
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    const int code = code_of(line_);
    if (code == 0) no_reply("the relay sent something that is no SMTP reply");
    if (!partial_.lines.empty() && partial_.code != code) no_reply("the relay sent a reply with two codes");
    if (partial_.lines.size() == reply_lines) no_reply("the relay sent a reply that does not end");

    const bool last = line_.size() == 3 || line_[3] == ' ';
    std::string_view text = std::string_view(line_).substr(std::min<std::size_t>(4, line_.size()));
    const std::string_view enhanced = enhanced_of(text, code);
    if (partial_.enhanced.empty()) partial_.enhanced = enhanced;
    if (!enhanced.empty()) text.remove_prefix(std::min(enhanced.size() + 1, text.size()));
    if (!enhanced.empty() && text.starts_with(' ')) text.remove_prefix(1);
    partial_.code = code;
    partial_.lines.emplace_back(text);
    line_.clear();
    if (!last) return;
    replies_.push_back(std::move(partial_));
    partial_ = {};
}

SmtpReply ReplyParser::take_reply() {
    SmtpReply first = std::move(replies_.front());
    replies_.erase(replies_.begin());
    return first;
}

}  // namespace pwreset
