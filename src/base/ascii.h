// Characters of ASCII, whatever the locale says: what identifiers, protocols and file formats are made of. Bytes beyond
// ASCII belong to no class.
#pragma once

#include <string>
#include <string_view>

namespace pwreset {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
/// What a hexadecimal digit stands for; -1 for anything else.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (!is_hex_digit(c)) return -1;
    return c - (is_upper(c) ? 'A' : 'a') + 10;
}
/// A letter in lower case, all else as it is.
constexpr char ascii_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
/// A letter in upper case, all else as it is.
constexpr char ascii_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
/// Letters in lower case, all else as it is.
inline std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = ascii_lower(c);
    return out;
}
/// Letters in upper case, all else as it is.
inline std::string ascii_upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = ascii_upper(c);
    return out;
}

/// Whether a text begins with another, which is in lower case, whatever case it has itself.
constexpr bool begins_with(std::string_view text, std::string_view lower) {
    if (text.size() < lower.size()) return false;
    for (std::size_t at = 0; at < lower.size(); ++at) {
        if (ascii_lower(text[at]) != lower[at]) return false;
    }
    return true;
}

}  // namespace pwreset
