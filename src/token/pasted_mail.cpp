#include "src/token/pasted_mail.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "src/base/ascii.h"
#include "src/token/pasted_html.h"

namespace pwreset {

namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view token_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::size_t longest_name = 76;
constexpr std::size_t most_boundaries = 64;
/// A line as long as this is no word: it may be base64 without a header.
constexpr std::size_t telling_line = 40;

std::string_view trimmed(std::string_view text) {
    const std::size_t start = text.find_first_not_of(blanks);
    if (start == text.npos) return {};
    return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

// --- lines -----------------------------------------------------------------------------------------------------------

struct Line {
    std::size_t start = 0;
    std::size_t next = 0;   ///< where the next one starts
    std::string_view text;  ///< without its end and the blanks before that
};

Line line_at(std::string_view text, std::size_t start) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = text.substr(start, end - start);
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
    return {start, std::min(end + 1, text.size()), line};
}

/// "Name: …", but no URL.
bool is_header(std::string_view line) {
    const std::size_t colon = line.substr(0, longest_name).find_first_not_of(token_characters);
    return colon != line.npos && colon > 0 && line[colon] == ':' && line.substr(colon, 3) != "://";
}

bool is_content_header(std::string_view line) { return begins_with(line, "content-") && is_header(line); }

// --- headers ---------------------------------------------------------------------------------------------------------

enum class Encoding { none, base64, quoted_printable };

struct Headers {
    std::size_t end = 0;   ///< where the body starts
    bool content = false;  ///< whether they describe one
    Encoding encoding = Encoding::none;
    bool picture = false;  ///< or sound: nothing to be read
    bool message = false;  ///< a mail
    std::string_view boundary{};
};

/// What `name=` says in a header, without quotes; empty when it does not.
std::string_view parameter(std::string_view header, std::string_view name) {
    for (std::size_t at = 0; at + name.size() < header.size(); ++at) {
        if (header[at + name.size()] != '=' || !begins_with(header.substr(at), name)) continue;
        std::string_view value = header.substr(at + name.size() + 1);
        if (value.starts_with('"')) return value.substr(1, value.find('"', 1) - 1);
        return value.substr(0, value.find_first_of("; \t\r\n"));
    }
    return {};
}

void read_header(std::string_view header, Headers& headers) {
    const std::string_view value = trimmed(header.substr(header.find(':') + 1));
    if (begins_with(header, "content-transfer-encoding:")) {
        headers.content = true;
        if (begins_with(value, "base64")) headers.encoding = Encoding::base64;
        if (begins_with(value, "quoted-printable")) headers.encoding = Encoding::quoted_printable;
    } else if (begins_with(header, "content-type:")) {
        headers.content = true;
        for (const char* type : {"image/", "audio/", "video/", "font/"})
            headers.picture = headers.picture || begins_with(value, type);
        headers.message = begins_with(value, "message/");
        headers.boundary = parameter(header, "boundary");
    }
}

/// Where the header that starts here ends. It goes on in lines that begin with a blank; and behind a semicolon, because
/// such blanks get lost when a text is copied.
std::size_t header_end(std::string_view text, std::size_t start) {
    Line line = line_at(text, start);
    while (line.next < text.size()) {
        const Line next = line_at(text, line.next);
        const bool blank = text[next.start] == ' ' || text[next.start] == '\t';
        const bool goes_on = blank || (line.text.ends_with(';') && !next.text.starts_with("--"));
        if (next.text.empty() || !goes_on) break;
        line = next;
    }
    return line.next;
}

/// The headers that start here, to the empty line behind them or, where that got lost, to the first line that is none.
Headers headers_at(std::string_view text, std::size_t start) {
    Headers headers;
    std::size_t at = start;
    while (at < text.size() && is_header(line_at(text, at).text)) {
        const std::size_t end = header_end(text, at);
        read_header(text.substr(at, end - at), headers);
        at = end;
    }
    const Line behind = line_at(text, at);
    headers.end = behind.text.empty() ? behind.next : at;
    return headers;
}

// --- parts -----------------------------------------------------------------------------------------------------------

/// A part that was encoded, without its headers.
struct Part {
    std::size_t start = 0;
    std::size_t end = 0;
    Encoding encoding = Encoding::none;
    bool guessed = false;  ///< no header says so
    bool message = false;  ///< a mail, encoded as a whole
};

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

bool is_base64(std::string_view line) {
    return std::all_of(line.begin(), line.end(), [](char c) { return c == '=' || base64_value(c) >= 0; });
}

bool may_be_base64(std::string_view line) {
    return line.size() >= telling_line && line.size() % 4 == 0 && is_base64(line);
}

/// Finds the parts of one text that were encoded, from top to bottom, however deep they are within each other.
class Scan {
public:
    explicit Scan(std::string_view text) : text_(text) {
        for (std::size_t at = 0; at < text_.size();) at = take(line_at(text_, at));
        close(text_.size());
    }

    std::vector<Part> parts;
    bool source = false;

private:
    /// Where it goes on.
    std::size_t take(const Line& line) {
        if (is_boundary(line)) {
            close(line.start);
        } else if (open_ && open_->message) {
            return line.next;
        } else if (is_header(line.text)) {
            const Headers headers = headers_at(text_, line.start);
            if (headers.content) open(headers, line.start);
            return headers.end;
        } else if (!open_ && may_be_base64(line.text)) {
            open_ = Part{line.start, 0, Encoding::base64, true};
            std::size_t end = line.next;
            for (Line next = line_at(text_, end); !next.text.empty() && is_base64(next.text);
                 next = line_at(text_, end))
                end = next.next;
            close(end);
            return end;
        }
        return line.next;
    }

    void open(const Headers& headers, std::size_t start) {
        close(start);
        source = true;
        if (!headers.boundary.empty()) add_boundary(headers.boundary);
        const bool read = !headers.picture;  // else it stays open, and its lines are not looked at
        if (headers.picture || headers.encoding != Encoding::none)
            open_ = Part{headers.end, 0, read ? headers.encoding : Encoding::none, false, headers.message};
    }

    void close(std::size_t end) {
        if (open_ && open_->encoding != Encoding::none && end > open_->start && parts.size() < most_mail_parts) {
            open_->end = end;
            parts.push_back(*open_);
        }
        open_.reset();
    }

    /// One that a header named, or a line in front of the headers of a part; their own ends too.
    bool is_boundary(const Line& line) {
        if (!line.text.starts_with("--") || line.text.size() == 2) return false;
        const std::string_view name = line.text.substr(2);
        if (knows(name) || (name.ends_with("--") && knows(name.substr(0, name.size() - 2)))) return true;
        if ((open_ && open_->message) || !is_content_header(line_at(text_, line.next).text)) return false;
        add_boundary(name);
        return true;
    }

    bool knows(std::string_view boundary) const {
        return std::find(boundaries_.begin(), boundaries_.end(), boundary) != boundaries_.end();
    }

    void add_boundary(std::string_view boundary) {
        if (boundaries_.size() < most_boundaries && !knows(boundary)) boundaries_.push_back(boundary);
    }

    std::string_view text_;
    std::optional<Part> open_;
    std::vector<std::string_view> boundaries_;
};

// --- decoding --------------------------------------------------------------------------------------------------------

/// Up to the first line that is no base64.
PastedText base64_decoded(const PastedText& text, const Part& part) {
    const auto view = text.view();
    PastedWriter out((part.end - part.start) / 4 * 3 + 3);
    unsigned bits = 0;
    int count = 0;
    std::size_t at = part.start;
    for (Line line; at < part.end; at = line.next) {
        line = line_at(view, at);
        if (!is_base64(trimmed(line.text))) break;
        for (; at < line.next; ++at) {
            const int value = base64_value(view[at]);
            if (view[at] == '=') count = 0;  // what follows begins anew
            if (value < 0) continue;
            bits = bits << 6U | static_cast<unsigned>(value);
            count = (count + 1) % 4;
            // The second, the third and the fourth of four characters each make a byte whole, and leave a rest.
            const int rest = count == 0 ? 0 : 8 - 2 * count;
            if (count != 1) out.put(static_cast<char>(bits >> rest & 0xFFU), text.from[at]);
        }
    }
    return std::move(out).finish(text.from[at]);
}

/// The length of a soft line break: '=', blanks, and the end of the line or of the text; 0 when it is none.
std::size_t soft_break(std::string_view text) {
    const std::size_t end = text.find_first_not_of(blanks, 1);
    if (end == text.npos) return text.size();
    return text[end] == '\n' ? end + 1 : 0;
}

PastedText quoted_printable_decoded(const PastedText& text, const Part& part) {
    const auto view = text.view().substr(0, part.end);
    PastedWriter out(part.end - part.start);
    for (std::size_t at = part.start; at < part.end;) {
        const bool sign = view[at] == '=';
        const int high = sign && at + 2 < part.end ? hex_value(view[at + 1]) : -1;
        const int low = high >= 0 ? hex_value(view[at + 2]) : -1;
        const std::size_t soft = sign && low < 0 ? soft_break(view.substr(at)) : 0;
        if (low >= 0) {
            out.put(static_cast<char>(high * 16 + low), text.from[at]);
        } else if (soft == 0) {
            out.put(view[at], text.from[at]);
        }
        at += low >= 0 ? 3 : std::max<std::size_t>(soft, 1);
    }
    return std::move(out).finish(text.from[part.end]);
}

/// Few control characters: not what becomes of words that only look like base64.
bool is_readable(std::string_view text) {
    const auto control = std::count_if(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
    });
    return static_cast<std::size_t>(control) * 32 < text.size();
}

// --- all of it -------------------------------------------------------------------------------------------------------

/// Whether headers or base64 stand behind the marks of a reply or blanks.
bool hides_a_part(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Line line = line_at(text, at);
        const std::string_view words =
            line.text.substr(std::min(line.text.find_first_not_of("> \t|"), line.text.size()));
        const bool marked = words.size() < line.text.size();
        if (marked && (is_content_header(words) || may_be_base64(words))) return true;
        at = line.next;
    }
    return false;
}

class Reader {
public:
    void read(const PastedText& text, int depth) {
        const Scan scan(text.view());
        out.source = out.source || scan.source;
        for (const Part& part : scan.parts) read(text, part, depth);
        if (!hides_a_part(text.view())) return;
        if (const auto bare = unquoted(text)) read(*bare, depth);
    }

    void take_html(const PastedText& text) {
        if (!is_html(text.view())) return;
        out.texts.push_back(html_links(text));
        out.texts.push_back(html_text(text));
    }

    PastedMail out;

private:
    void read(const PastedText& text, const Part& part, int depth) {
        const std::size_t size = part.end - part.start;
        if (parts_ == most_mail_parts || size > bytes_left_) return;
        ++parts_;
        bytes_left_ -= size;
        PastedText decoded =
            part.encoding == Encoding::base64 ? base64_decoded(text, part) : quoted_printable_decoded(text, part);
        if (auto utf8 = from_utf16(decoded)) decoded = std::move(*utf8);
        if (part.guessed && !is_readable(decoded.view())) return;
        if (depth < most_mail_depth) read(decoded, depth + 1);
        take_html(decoded);
        out.texts.push_back(std::move(decoded));
    }

    std::size_t parts_ = 0;
    std::size_t bytes_left_ = most_mail_bytes;
};

}  // namespace

PastedMail read_mail(const PastedText& pasted) {
    Reader reader;
    reader.read(pasted, 1);
    reader.take_html(pasted);
    return std::move(reader.out);
}

}  // namespace pwreset
