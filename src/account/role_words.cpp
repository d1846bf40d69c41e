#include "src/account/role_words.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "src/base/ascii.h"
#include "src/base/fold.h"
#include "src/base/printable.h"
#include "src/net/json_answer.h"

namespace pwreset {

namespace {

constexpr std::size_t longest_value = 65536;
constexpr std::size_t longest_role = 255;
constexpr std::size_t longest_shown = 64;
constexpr const char* list_separators = ",;|\n\r\t";
/// What stands between parts that may be several words: "cn=Domain Admins,ou=Groups".
constexpr const char* part_separators = ",;|\n\r\t/:=+&@#.*!?~^%$`\"'[](){}<>\\";
constexpr const char* word_separators = ",;|\n\r\t /:=+&@#.*!?~^%$`\"'[](){}<>\\";

/// Commas, semicolons and bars of other scripts, and dots that stand between words, as those of ASCII.
char plain_mark(char32_t c) {
    constexpr std::u32string_view commas = U"\u060C\uFF0C\u3001\uFF64\uFE50\uFF0F\u00B7\u2022\u2192\u00BB\u203A";
    constexpr std::u32string_view semicolons = U"\u061B\uFF1B\uFE54";
    if (commas.find(c) != commas.npos) return ',';
    if (semicolons.find(c) != semicolons.npos) return ';';
    return c == U'\uFF5C' ? '|' : '\0';
}

/// Marks between words, and blanks of all scripts, as those of ASCII.
std::string plain_marks(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        const char mark = c > 0x7F && is_blank(c) ? ' ' : plain_mark(c);
        if (mark != '\0') out += mark;
        if (mark == '\0') out += text.substr(start, at - start);
    }
    return out;
}

/// Blanks inside as one of ASCII: "Super  Admin" is "Super Admin".
std::string with_single_blanks(std::string_view text) {
    std::string out;
    bool blank = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        if (is_blank(next_code_point(text, at))) {
            blank = true;
            continue;
        }
        if (blank && !out.empty()) out += ' ';
        blank = false;
        out += text.substr(start, at - start);
    }
    return out;
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
    std::vector<std::string> out;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
        const auto part = trimmed(text.substr(start, end - start));
        if (!part.empty()) out.emplace_back(part);
        start = end + 1;
    }
    return out;
}

/// "1.00" is 1 to who wrote the number; all else as it is.
std::string whole(const std::string& text) {
    const auto dot = text.find('.');
    const bool number = dot != text.npos && dot > 0 && std::all_of(text.begin(), text.begin() + dot, is_digit) &&
                        text.find_first_not_of('0', dot + 1) == text.npos;
    return number ? text.substr(0, dot) : text;
}

/// PHP's serialize(): arrays of texts, numbers and booleans. An object is none of them.
class Serialized {
public:
    explicit Serialized(std::string_view text) : text_(text) {}

    bool read() { return value(0) && at_ == text_.size(); }
    std::vector<std::string> texts{};   ///< keys that are texts, keys of what is true, and values
    std::vector<std::string> values{};  ///< what the array has: its values, or the keys of those that are true

private:
    static constexpr int deepest = 8;

    bool take(std::string_view expected) {
        if (text_.substr(at_, expected.size()) != expected) return false;
        at_ += expected.size();
        return true;
    }

    std::optional<std::size_t> number() {
        std::size_t read = 0;
        const auto [end, fault] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), read);
        if (fault != std::errc()) return {};
        at_ = static_cast<std::size_t>(end - text_.data());
        return read;
    }

    bool text(std::string& out) {
        const auto length = number();
        if (!length || *length > text_.size() || !take(":\"")) return false;
        if (text_.size() - at_ < *length) return false;
        out = text_.substr(at_, *length);
        at_ += *length;
        return take("\";");
    }

    /// i:42; d:0.5; b:1;
    bool scalar(std::string& out) {
        const std::size_t end = text_.find(';', at_);
        if (end == text_.npos || end - at_ > 32) return false;
        out = text_.substr(at_, end - at_);
        at_ = end + 1;
        return !out.empty() && out.find_first_not_of("0123456789.+-Ee") == out.npos;
    }

    bool array(int depth) {
        const auto count = number();
        if (!count || *count > longest_value || !take(":{")) return false;
        for (std::size_t i = 0; i < *count; ++i) {
            std::string key;
            const bool named = take("s:") && text(key);
            if (!named && (!take("i:") || !scalar(key))) return false;
            const bool holds = text_.substr(at_, 4) == "b:1;";
            if (named || holds) texts.push_back(key);
            if (holds) values.push_back(key);
            if (!value(depth + 1)) return false;
        }
        return take("}");
    }

    bool value(int depth) {
        if (depth > deepest) return false;
        std::string read;
        if (take("s:")) {
            if (!text(read)) return false;
        } else if (take("i:") || take("d:")) {
            if (!scalar(read)) return false;
        } else if (take("b:")) {
            return scalar(read);
        } else if (take("N;")) {
            return true;
        } else {
            return take("a:") && array(depth);
        }
        texts.push_back(read);
        values.push_back(read);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool begins_json(std::string_view text) {
    return text.starts_with('[') || text.starts_with('{') || text.starts_with('"');
}

bool begins_serialized(std::string_view text) {
    return text.size() > 3 && std::string_view("aOCsE").find(text[0]) != std::string_view::npos && text[1] == ':' &&
           is_digit(text[2]);
}

/// A number, true or false, as JSON has them: a column of JSON may hold one alone.
bool is_json_scalar(std::string_view text) {
    if (text == "true" || text == "false") return true;
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && is_digit(text.front()) && text.find_first_not_of("0123456789.eE+-") == text.npos;
}

bool is_word(const std::string& text) {
    return !text.empty() && text.size() <= longest_role && is_utf8(text) && printable(text) == text;
}

/// What a list has in it, and every text there is; or the fault.
struct Elements {
    std::vector<std::string> elements{};
    std::vector<std::string> texts{};
    std::string fault{};
    bool is_all = false;  ///< the texts are all that the value says: what puts them together is no part of it
};

/// A text in quotes that means no more than itself.
bool is_quoted(std::string_view text) {
    return text.size() >= 2 && text.front() == '"' && text.find_first_of("\"\\", 1) == text.size() - 1;
}

Elements json_elements(const std::string& text) {
    if (is_quoted(text)) {
        const std::string word = text.substr(1, text.size() - 2);
        return {{word}, {word}};
    }
    Elements out;
    const JsonAnswer json(text);
    if (!json.valid() && !is_json_scalar(text)) out.fault = "it is JSON that cannot be read";
    if (!json.valid()) return {{text}, {text}, out.fault};
    out.texts = json.texts();
    out.elements = json.words("");
    return out;
}

Elements serialized_elements(const std::string& text) {
    Elements out;
    Serialized serialized(text);
    if (!serialized.read()) out.fault = "it is a serialized value that cannot be read";
    out.texts = serialized.texts;
    out.elements = serialized.values;
    out.is_all = out.fault.empty();
    return out;
}

const char* separators_of(const std::string& list) {
    if (list == "comma" || list == "set") return ",";
    if (list == "semicolon") return ";";
    return list == "space" ? " \t\r\n" : "";
}

Elements elements_of(const std::string& text, const std::string& list) {
    if (list == "json" || begins_json(text)) return json_elements(text);
    if (list == "php-serialized" || begins_serialized(text)) return serialized_elements(text);
    const std::string separators = separators_of(list);
    if (separators.empty()) return {{text}, {text}};
    const auto parts = split(text, separators);
    return {parts, parts};
}

void add(std::vector<std::string>& list, const std::string& word) {
    if (!word.empty() && std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

void add_parts(const std::string& text, RoleReading& out) {
    add(out.parts, plain_role(text));
    add(out.parts, plain_role(whole(text)));
    const std::string plain = plain_marks(text);
    for (const auto* separators : {list_separators, part_separators, word_separators}) {
        for (const auto& part : split(plain, separators)) add(out.parts, plain_role(part));
    }
}

}  // namespace

std::string plain_role(const std::string& role) { return fold_case(with_single_blanks(trimmed(role))); }

RoleReading read_roles(const std::string& value, const std::string& list) {
    RoleReading out;
    const std::string text(trimmed(value));
    if (text.empty() || (list == "json" && text == "null")) return out;
    if (text.size() > longest_value) {
        out.fault = "it is longer than any list of roles";
        add_parts(text.substr(0, longest_value), out);
        return out;
    }
    const Elements found = elements_of(text, list);
    out.fault = found.fault;
    if (!found.is_all) add_parts(text, out);
    for (const auto& one : found.texts) add_parts(one, out);
    const bool one_word = found.texts.size() == 1 && found.texts.front() == text;
    for (const auto& one : found.elements) {
        if (trimmed(one).empty()) continue;
        if (!is_word(one) && out.fault.empty()) out.fault = "it holds something that is no word";
        if (!list.empty() || one_word) add(out.granted, plain_role(whole(one)));
        if (is_word(one) && one.size() <= longest_shown) add(out.shown, std::string(trimmed(one)));
    }
    // A value that is permitted in so many words is permitted, list or not.
    add(out.granted, plain_role(text));
    if (!is_utf8(text)) out.fault = "it is no text";
    if (!out.fault.empty()) out.granted.clear();
    return out;
}

RoleReading roles_of(const db::AccountRow& account) {
    RoleReading all;
    for (const auto& role : account.roles) {
        const auto one = read_roles(role.text, role.list);
        for (const auto& word : one.granted) {
            if (role.permits) add(all.granted, word);
        }
        for (const auto& word : one.parts) add(all.parts, word);
        for (const auto& word : one.shown) add(all.shown, word);
        if (all.fault.empty()) all.fault = one.fault;
    }
    return all;
}

}  // namespace pwreset
