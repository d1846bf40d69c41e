#include "src/net/http_reply.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "src/base/ascii.h"

namespace pwreset {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A whole number without sign and blanks, all of the text.
std::size_t number_of(std::string_view text, int base) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        throw HttpFault("an answer without a valid length");
    return number;
}

/// "HTTP/1.1 200 OK": the three digits.
int status_of(std::string_view line) {
    const bool http = line.starts_with("HTTP/1.") && line.size() >= 12 && is_digit(line[7]) && line[8] == ' ' &&
                      std::all_of(line.begin() + 9, line.begin() + 12, is_digit) &&
                      (line.size() == 12 || line[12] == ' ') && line[9] != '0';
    if (!http) throw HttpFault("an answer that is not HTTP");
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

/// Seconds, or a date in the form that HTTP prefers, of the past too; nothing for any other text.
std::optional<Seconds> wait_of(const std::string& value) {
    constexpr std::size_t most_digits = 9;
    if (!value.empty() && value.size() <= most_digits && std::all_of(value.begin(), value.end(), is_digit))
        return Seconds(number_of(value, 10));
    std::tm date{};
    const char* const end = strptime(value.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (end == nullptr || *end != '\0') return {};
    return std::max(Seconds(timegm(&date) - std::time(nullptr)), Seconds(0));
}

}  // namespace

void HttpReply::feed(std::string_view bytes) {
    while (!bytes.empty() && !done()) {
        switch (state_) {
            case State::head:
            case State::trailer:
                read_head(bytes);
                break;
            case State::sized:
            case State::chunk:
                read_sized(bytes);
                break;
            case State::chunk_size:
            case State::chunk_end:
                if (read_line(bytes)) read_chunk_line();
                break;
            case State::until_close:
                take(bytes);
                bytes = {};
                break;
            case State::done:
                break;
        }
    }
}

void HttpReply::end() {
    if (state_ == State::until_close) finish(true);
}

/// One line more of status, headers or trailers; the empty one ends them.
void HttpReply::read_head(std::string_view& bytes) {
    if (!read_line(bytes)) return;
    const std::string line = std::move(line_);
    line_.clear();
    if (state_ == State::trailer) {
        if (line.empty()) finish(true);
        return;
    }
    if (status_ == 0) {
        status_ = status_of(line);
    } else if (!line.empty()) {
        read_header(line);
    } else if (status_ < 200) {
        status_ = 0;  // an interim answer: another follows
        chunked_ = has_length_ = false;
    } else {
        begin_body();
    }
}

void HttpReply::read_header(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon == 0) throw HttpFault("an answer with a broken header");
    const std::string name = ascii_lower(std::string(line.substr(0, colon)));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-length") {
        const std::size_t length = number_of(value, 10);
        // Two that differ say that somebody on the way has tampered (RFC 9112, 6.3).
        if (has_length_ && length != left_) throw HttpFault("an answer with two lengths");
        has_length_ = true;
        left_ = length;
    } else if (name == "transfer-encoding") {
        if (ascii_lower(std::string(value)) != "chunked") throw HttpFault("an answer in an unknown encoding");
        chunked_ = true;
    } else if (name == "retry-after") {
        retry_after_ = wait_of(std::string(value));
    }
}

void HttpReply::begin_body() {
    if (status_ == 204 || status_ == 304) return finish(true);
    if (chunked_) {
        state_ = State::chunk_size;
    } else if (!has_length_) {
        state_ = State::until_close;
    } else {
        state_ = State::sized;
        if (left_ == 0) finish(true);
    }
}

void HttpReply::read_sized(std::string_view& bytes) {
    const std::string_view piece = bytes.substr(0, left_);
    bytes.remove_prefix(piece.size());
    left_ -= piece.size();
    take(piece);
    if (done() || left_ > 0) return;
    if (state_ == State::sized) return finish(true);
    state_ = State::chunk_end;
}

/// Adds to line_ until it is whole; true then, without its CRLF. All lines together are bounded.
bool HttpReply::read_line(std::string_view& bytes) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    head_size_ += piece.size() + 1;
    if (head_size_ > longest_head) throw HttpFault("an answer whose head does not end");
    line_ += piece;
    if (end == bytes.npos) {
        bytes = {};
        return false;
    }
    bytes.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    return true;
}

/// "1a;extension" before a chunk, or the empty line behind it.
void HttpReply::read_chunk_line() {
    const std::string line = std::move(line_);
    line_.clear();
    if (state_ == State::chunk_end) {
        if (!line.empty()) throw HttpFault("an answer with a broken chunk");
        state_ = State::chunk_size;
        return;
    }
    left_ = number_of(trimmed(std::string_view(line).substr(0, line.find(';'))), 16);
    state_ = left_ > 0 ? State::chunk : State::trailer;
}

void HttpReply::take(std::string_view bytes) {
    const std::size_t room = longest_body - body_.size();
    body_ += bytes.substr(0, room);
    if (bytes.size() > room) finish(false);
}

void HttpReply::finish(bool complete) {
    state_ = State::done;
    complete_ = complete;
}

}  // namespace pwreset
