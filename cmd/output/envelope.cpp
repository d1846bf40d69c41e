#include "cmd/output/envelope.h"

#include <array>
#include <ostream>

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

}  // namespace

/// nlohmann's own dump() knows two ways: everything beyond ASCII escaped, which makes Persian unreadable, or nothing,
/// which hands a terminal its controls. So the structure is walked here, and each string is written by one function,
/// the same that a listing's rows use.
void append_json(std::string& out, const Json& value) {
    if (value.is_string()) return append_json_string(out, value.get_ref<const std::string&>());
    if (!value.is_structured()) {
        out += value.dump();
        return;
    }
    const bool object = value.is_object();
    out += object ? '{' : '[';
    bool first = true;
    for (const auto& [key, item] : value.items()) {
        if (!first) out += ',';
        first = false;
        if (object) {
            append_json_string(out, key);
            out += ':';
        }
        append_json(out, item);
    }
    out += object ? '}' : ']';
}

void print_line(Env& env, const Json& answer) {
    std::string line;
    append_json(line, answer);
    line += '\n';
    env.out.write(line.data(), static_cast<std::streamsize>(line.size()));
    env.out.flush();
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

void print_success(Env& env, const Json& data, const std::string& trace_id) {
    print_line(env, {{"success", true}, {"data", data}, {"trace_id", trace_id}});
    check_output(env);
}

void print_failure(Env& env, const Error& error, const Json& data, const std::string& trace_id) {
    Json answer = {{"success", false}, {"message", error.message}, {"code", error.code}, {"errors", Json::object()}};
    for (const auto& [field, messages] : error.errors) answer["errors"][field] = messages;
    if (!error.hint.empty()) answer["hint"] = error.hint;
    if (error.available_in_seconds) answer["available_in_seconds"] = *error.available_in_seconds;
    if (!data.is_null()) answer["data"] = data;
    answer["trace_id"] = trace_id;
    print_line(env, answer);
}

void word_failure(Env& env, const Error& error) {
    const bool color = env.terminal.err_color;
    env.err << (color ? "\x1b[1;31mpwreset:\x1b[0m " : "pwreset: ") << printable(error.message) << '\n';
    if (!error.hint.empty()) env.err << "  hint: " << printable(error.hint) << '\n';
    env.err.flush();
}

void check_output(Env& env) {
    env.out.flush();
    if (!env.out)
        throw io_error("standard output could not be written", "is the disk full, or the reading program gone?");
}

}  // namespace pwreset
