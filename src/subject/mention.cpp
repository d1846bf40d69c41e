#include "src/subject/mention.h"

#include <clocale>
#include <cwctype>

#include <algorithm>

#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

/// Digits of a phone number that are compared: without the country code, which people leave out or write in two ways.
constexpr std::size_t telling_digits = 8;
constexpr std::size_t fewest_digits = 7;
/// A shorter login is a word of every other sentence.
constexpr std::size_t shortest_login = 3;
/// A shorter key is a number like any other, and counts as "id:42" only.
constexpr std::size_t shortest_key = 8;

/// Unicode's letters, whatever the locale of whoever runs us. glibc has C.UTF-8 built in.
locale_t unicode() {
    static const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
}

char32_t lowered(char32_t c) {
    if (c < 0x80) return static_cast<char32_t>(ascii_lower(static_cast<char>(c)));
    if (!unicode()) return c;
    return static_cast<char32_t>(::towlower_l(static_cast<std::wint_t>(c), unicode()));
}

/// A letter or digit; without the locale, also anything beyond ASCII.
bool is_word(char32_t c) {
    if (c < 0x80) return is_alphanumeric(static_cast<char>(c)) || c == '_';
    return !unicode() || ::iswalnum_l(static_cast<std::wint_t>(c), unicode()) != 0;
}

std::u32string folded(std::string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) out += lowered(next_code_point(text, at));
    return out;
}

/// Whether a name goes on beyond its end: "+tag", ".org". At the end of a sentence nothing follows the dot.
bool goes_on(std::optional<char32_t> next, std::optional<char32_t> beyond) {
    if (!next) return false;
    if (is_word(*next)) return true;
    return beyond && std::u32string_view(U".+-@").find(*next) != std::u32string_view::npos && is_word(*beyond);
}

bool stands_alone(const std::u32string& text, std::size_t from, std::size_t to) {
    const auto at = [&](std::size_t i) { return i < text.size() ? std::optional(text[i]) : std::nullopt; };
    const bool before = from > 0 && goes_on(text[from - 1], from > 1 ? at(from - 2) : std::nullopt);
    return !before && !goes_on(at(to), at(to + 1));
}

bool holds(const std::u32string& text, const std::u32string& name) {
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
        if (stands_alone(text, at, at + name.size())) return true;
    }
    return false;
}

bool holds_any(const std::u32string& text, const std::vector<std::u32string>& names) {
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return holds(text, name); });
}

/// The value of a digit in the three sets our users type; nothing for any other character.
std::optional<char> digit(char32_t c) {
    for (const char32_t zero : {U'0', U'\u0660', U'\u06F0'}) {
        if (c >= zero && c <= zero + 9) return static_cast<char>('0' + (c - zero));
    }
    return {};
}

/// The digits of a text, those of one number together: what separates its groups is left out, anything else is a
/// space.
std::string numbers_in(std::u32string_view text) {
    std::string out;
    for (const char32_t c : text) {
        if (const auto value = digit(c)) {
            out += *value;
        } else if (std::u32string_view(U" -./()\u00A0\u2010\u2011\u2012\u2013\u202F").find(c) ==
                   std::u32string_view::npos) {
            out += ' ';
        }
    }
    return out;
}

}  // namespace

Mention::Mention(const Names& names) {
    for (const auto& address : names.addresses) {
        if (address.empty()) continue;
        addresses_.push_back(folded(address));
        if (const auto ascii = ascii_domain(address); !ascii.empty()) addresses_.push_back(folded(ascii));
    }
    for (const auto& login : names.logins) {
        if (login.size() >= shortest_login) names_.push_back(folded(login));
        if (!login.empty()) names_.push_back(folded("login:" + login));
    }
    for (const auto& key : names.accounts) {
        names_.push_back(folded("id:" + key));
        if (key.size() >= shortest_key) names_.push_back(folded(key));
    }
    for (const auto& phone : names.phones) {
        std::string digits = numbers_in(folded(phone));
        std::erase(digits, ' ');
        if (digits.size() < fewest_digits) continue;
        numbers_.push_back(digits.substr(digits.size() - std::min(digits.size(), telling_digits)));
    }
}

bool Mention::in_machine(const std::optional<std::string>& text) const {
    if (!text || text->empty()) return false;
    const auto plain = folded(*text);
    if (holds_any(plain, addresses_)) return true;
    if (numbers_.empty()) return false;
    const auto digits = numbers_in(plain);
    return std::any_of(numbers_.begin(), numbers_.end(),
                       [&](const auto& number) { return digits.find(number) != digits.npos; });
}

bool Mention::in_typed(const std::optional<std::string>& text) const {
    return in_machine(text) || (text && holds_any(folded(*text), names_));
}

}  // namespace pwreset
