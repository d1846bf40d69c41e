#include "src/transport/sms_words.h"

#include <algorithm>
#include <array>
#include <vector>

#include "src/base/ascii.h"
#include "src/base/fold.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

constexpr char32_t no_character = 0;

// --- text ------------------------------------------------------------------------------------------------------------

/// Latin-1, and most of what Windows puts in its place, is read alike: only what is beyond ASCII differs.
std::string from_latin1(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text += c;
        } else {
            text += static_cast<char>(0xC0 | (byte >> 6U));
            text += static_cast<char>(0x80 | (byte & 0x3FU));
        }
    }
    return text;
}

/// Of UTF-16 the characters that words of gateways are made of; others as a question mark.
std::string from_utf16(std::string_view bytes, bool big_endian) {
    std::string text;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        const auto high = static_cast<unsigned char>(bytes[at + (big_endian ? 0 : 1)]);
        const auto low = static_cast<unsigned char>(bytes[at + (big_endian ? 1 : 0)]);
        text += high == 0 ? from_latin1(std::string(1, static_cast<char>(low))) : "?";
    }
    return text;
}

// --- words -----------------------------------------------------------------------------------------------------------

/// Letters and digits of any script; what is no blank and no punctuation.
bool is_of_word(char32_t c) {
    if (c < 0x80) return is_alphanumeric(static_cast<char>(c)) || c == U'_';
    return !is_blank(c) && !(c >= 0xA0 && c <= 0xBF) && !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x303F);
}

bool is_ascii_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

char32_t character_at(std::string_view text, std::size_t at) {
    return at < text.size() ? next_code_point(text, at) : no_character;
}

char32_t character_before(std::string_view text, std::size_t at) {
    if (at == 0) return no_character;
    std::size_t start = at - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) --start;
    return character_at(text, start);
}

/// Whether a word that begins there is the rest of a longer one, or of a number: of "-1" or "0.1".
bool continues(std::string_view text, std::size_t at) {
    const char32_t first = character_at(text, at);
    const char32_t before = character_before(text, at);
    if (!is_of_word(first) || before == no_character) return false;
    if (is_of_word(before)) return true;
    if (!is_ascii_digit(first)) return false;
    const char32_t further = character_before(text, at - 1);
    return (before == U'-' && !is_of_word(further)) || (before == U'.' && is_ascii_digit(further));
}

/// Whether a word that ends there goes on, or is a number's whole part.
bool goes_on(std::string_view text, std::size_t end) {
    const char32_t last = character_before(text, end);
    const char32_t next = character_at(text, end);
    if (!is_of_word(last) || next == no_character) return false;
    if (is_of_word(next)) return true;
    return next == U'.' && is_ascii_digit(last) && is_ascii_digit(character_at(text, end + 1));
}

/// Whether a pattern with stars is all of the text.
bool matches(std::string_view text, std::string_view pattern) {
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    std::size_t star = pattern.npos;
    std::size_t resumed = 0;  // where the text goes on when the last star takes one character more
    while (at < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            resumed = at;
        } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
            ++in_pattern;
            ++at;
        } else if (star != pattern.npos) {
            in_pattern = star + 1;
            at = ++resumed;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == pattern.npos;
}

bool is_pattern(std::string_view word) { return word.find('*') != word.npos; }

// --- denials ---------------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 15> denying_words{"no",      "not",    "nok", "non",    "never",
                                                         "without", "cannot", "isn", "wasn",   "nicht",
                                                         "kein",    "keine",  "pas", "unable", "nie"};
constexpr std::array<std::string_view, 15> fault_words{"error",   "errors",       "err",          "fail",   "failed",
                                                       "failure", "failures",     "invalid",      "denied", "rejected",
                                                       "refused", "unauthorized", "unauthorised", "fehler", "missing"};
/// What says that there is none of the faults: "error=0", "errors: none", "0 errors".
constexpr std::array<std::string_view, 8> nothing_words{"0", "00", "000", "none", "null", "false", "zero", "no"};

template <typename Words>
bool is_one_of(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The words of a text in lower case; an empty list or text in it stands for "none".
std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(ascii_lower(word));
        word.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        if (is_of_word(c)) {
            word += text.substr(start, at - start);
            continue;
        }
        end_word();
        const std::string_view pair = text.substr(start, 2);
        if (pair == "[]" || pair == "{}" || pair == "\"\"") words.emplace_back("none");
    }
    end_word();
    return words;
}

/// Whether what stands before a word denies it.
bool denies(std::string_view before) {
    const auto words = words_in(before);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool fault = is_one_of(fault_words, words[i]);
        if (!fault && !is_one_of(denying_words, words[i])) continue;
        const std::string& last = i == 0 ? words[i] : words[i - 1];
        const std::string& next = i + 1 == words.size() ? words[i] : words[i + 1];
        if (fault && (is_one_of(nothing_words, next) || (i > 0 && is_one_of(nothing_words, last)))) continue;
        if (!fault && is_one_of(fault_words, next)) continue;  // "no error"
        return true;
    }
    return false;
}

}  // namespace

std::string answer_text(std::string_view body) {
    if (body.starts_with("\xFF\xFE")) return from_utf16(body.substr(2), false);
    if (body.starts_with("\xFE\xFF")) return from_utf16(body.substr(2), true);
    if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
    return is_utf8(body) ? std::string(body) : from_latin1(body);
}

std::optional<std::size_t> place_of(std::string_view text, std::string_view word) {
    if (word.empty()) return {};
    if (is_pattern(word)) return matches(trimmed(text), trimmed(word)) ? std::optional<std::size_t>(0) : std::nullopt;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        if (!continues(text, at) && !goes_on(text, at + word.size())) return at;
    }
    return {};
}

std::optional<std::size_t> place_of_yes(std::string_view text, std::string_view word) {
    const auto at = place_of(text, word);
    if (!at || is_pattern(word) || !denies(text.substr(0, *at))) return at;
    return {};
}

bool is_word(std::string_view said, std::string_view configured) {
    return is_pattern(configured) ? matches(said, configured) : said == configured;
}

std::string first_word(std::string_view text) {
    text = trimmed(text);
    if (text.empty() || text.front() == '<' || text.front() == '{' || text.front() == '[') return {};
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (is_blank(next_code_point(text, at))) break;
        end = at;
    }
    std::string word(text.substr(0, end));
    while (!word.empty() && std::string_view(".,;:=|").find(word.back()) != std::string_view::npos) word.pop_back();
    return word;
}

}  // namespace pwreset
