#include "cmd/output/json.h"

#include <array>
#include <charconv>
#include <utility>

#include "src/base/printable.h"

namespace pwreset {

namespace {

/// Printable ASCII that stands in a JSON string as it is: nearly every byte there is, so it is copied in runs.
constexpr std::array<bool, 256> plain_bytes() {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0x20; byte < 0x7F; ++byte) table[byte] = byte != '"' && byte != '\\';
    return table;
}
constexpr auto plain = plain_bytes();

/// A character that a terminal obeys instead of showing, or that nobody sees. printable.h is asked, so that a table and
/// JSON agree on which those are; Persian's joiner, which it spares inside a word, is escaped here: that loses nothing.
bool hidden(std::string_view character) { return printable(character) != character; }

void append_unit(std::string& out, unsigned unit) {
    constexpr char digits[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 0xF];
}

/// RFC 8259, section 7: `\n` and its like, else \uXXXX, a surrogate pair beyond the first plane.
void append_escape(std::string& out, char32_t c) {
    constexpr std::u32string_view named = U"\"\\\n\r\t";
    constexpr std::string_view names = "\"\\nrt";
    if (const auto at = named.find(c); at != named.npos) {
        out += '\\';
        out += names[at];
        return;
    }
    if (c < 0x10000) return append_unit(out, c);
    append_unit(out, 0xD7C0 + (c >> 10));
    append_unit(out, 0xDC00 + (c & 0x3FF));
}

void append_number(std::string& out, std::int64_t number) {
    std::array<char, 20> digits{};  // the longest is -9223372036854775808
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

// Out of line, all of them: what is inlined into a hundred braces is compiled a hundred times.
Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(const char* text) : kind_(Kind::text), text_(text) {}
Json::Json(std::string_view text) : kind_(Kind::text), text_(text) {}
Json::Json(std::string text) : kind_(Kind::text), text_(std::move(text)) {}
Json::Json(const std::vector<std::string>& texts) : kind_(Kind::list) {
    for (const auto& text : texts) members_.emplace_back("", text);
}
Json::Json(std::initializer_list<Member> members) : kind_(Kind::object) {
    members_.reserve(members.size());
    for (const auto& member : members) members_.emplace_back(member.key, std::move(member.value));
}
Json::Json(Kind kind, std::int64_t number) : kind_(kind), number_(number) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;
Json::Member::Member(std::string_view name, Json content) : key(name), value(std::move(content)) {}

Json Json::array(std::initializer_list<Json> items) {
    Json list(Kind::list, 0);
    for (const auto& item : items) list.push_back(item);
    return list;
}

Json Json::object() { return {Kind::object, 0}; }

Json& Json::operator[](std::string_view key) {
    if (is_null()) kind_ = Kind::object;
    for (const auto& member : members_) {
        if (member.key == key) return member.value;
    }
    return members_.emplace_back(key, nullptr).value;
}

void Json::push_back(Json item) { members_.emplace_back("", std::move(item)); }

void append_json(std::string& out, const Json& value) {
    using enum Json::Kind;
    switch (value.kind_) {
        case null:
            out += "null";
            return;
        case boolean:
            out += value.number_ != 0 ? "true" : "false";
            return;
        case number:
            return append_number(out, value.number_);
        case text:
            return append_json_string(out, value.text_);
        case list:
        case object:
            break;
    }
    const bool keys = value.kind_ == object;
    out += keys ? '{' : '[';
    const char* separator = "";
    for (const auto& member : value.members_) {
        out += std::exchange(separator, ",");
        if (keys) {
            append_json_string(out, member.key);
            out += ':';
        }
        append_json(out, member.value);
    }
    out += keys ? '}' : ']';
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t at = 0;;) {
        const std::size_t run = at;
        while (at < text.size() && plain[static_cast<unsigned char>(text[at])]) ++at;
        out.append(text, run, at - run);
        if (at == text.size()) break;

        const std::size_t from = at;
        const char32_t c = next_code_point(text, at);
        const std::string_view character = text.substr(from, at - from);
        if (c == 0xFFFD) {
            out += "\xEF\xBF\xBD";  // U+FFFD itself, or a byte that is not UTF-8
        } else if (c == '"' || c == '\\' || hidden(character)) {
            append_escape(out, c);
        } else {
            out += character;
        }
    }
    out += '"';
}

}  // namespace pwreset
