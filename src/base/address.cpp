#include "src/base/address.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "src/base/ascii.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

constexpr std::size_t address_bytes = 254;  // RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets
constexpr std::size_t local_bytes = 64;
constexpr std::size_t domain_bytes = 253;
constexpr std::size_t label_bytes = 63;

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

/// RFC 5322 "atext"; bytes of UTF-8 belong to it under RFC 6531.
bool is_atext(char c) {
    return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view text) {
    char before = '.';
    for (const char c : text) {
        if (c == '.' ? before == '.' : !is_atext(c)) return false;
        before = c;
    }
    return before != '.';
}

/// What carriers have given out although the grammar has it only in quotes: "a..b", ".a", "a." (Japan, until 2009).
bool is_odd_dot_string(std::string_view text) {
    return text.find_first_not_of('.') != std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atext(c); });
}

bool is_quoted_string(std::string_view text) {
    if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return false;
        if (text[i] == '\\' && ++i == text.size()) return false;
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F) return false;
    }
    return true;
}

/// Letters, digits and hyphens; underscores too, which the DNS has and hosts have been named by. An address literal
/// such as [192.0.2.1] is no domain we send to.
bool is_domain(std::string_view text) {
    if (text.empty() || text.size() > domain_bytes) return false;
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (label.empty() || label.size() > label_bytes || label.front() == '-' || label.back() == '-') return false;
        if (!std::all_of(label.begin(), label.end(), [](char c) { return c == '-' || c == '_' || is_alphanumeric(c); }))
            return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

/// A C1 control (U+0080 … U+009F): in UTF-8 the byte C2 and one of 80 … 9F.
bool has_c1_control(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '\xC2' && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
    return false;
}

}  // namespace

bool is_address(std::string_view written, bool utf8) {
    const std::string with_ascii_domain = ascii_domain(written);
    const std::string_view address = with_ascii_domain;
    const std::size_t at = address.rfind('@');  // a quoted local part may hold another
    if (at == std::string_view::npos || address.size() > address_bytes) return false;
    const std::string_view local = address.substr(0, at);
    if (local.empty() || local.size() > local_bytes || !is_domain(address.substr(at + 1))) return false;
    if (!is_ascii(local) && (!utf8 || !is_utf8(local) || has_c1_control(local))) return false;
    return is_odd_dot_string(local) || is_quoted_string(local);
}

std::string address_on_the_wire(std::string_view written) {
    std::string address = ascii_domain(written);
    const std::size_t at = address.rfind('@');
    if (at == std::string::npos || !is_odd_dot_string(std::string_view(address).substr(0, at))) return address;
    if (is_dot_string(std::string_view(address).substr(0, at))) return address;
    return '"' + address.substr(0, at) + '"' + address.substr(at);
}

std::string ascii_domain(std::string_view address) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos || is_ascii(address.substr(at + 1))) return std::string(address);
    const std::string domain(address.substr(at + 1));
    if (domain.find('\0') != std::string::npos) return {};  // libidn2 would stop there
    char* found = nullptr;
    if (idn2_to_ascii_8z(domain.c_str(), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) return {};
    const std::unique_ptr<char, void (*)(void*)> owner(found, idn2_free);
    return std::string(address.substr(0, at + 1)) + found;
}

std::string unicode_domain(std::string_view address) {
    const std::size_t at = address.rfind('@');
    const std::string ascii = ascii_domain(address);
    if (at == std::string_view::npos || ascii.empty()) return {};
    const std::string domain = ascii.substr(ascii.rfind('@') + 1);
    if (domain.find('\0') != std::string::npos) return {};
    char* found = nullptr;
    if (idn2_to_unicode_8z8z(domain.c_str(), &found, 0) != IDN2_OK) return {};
    const std::unique_ptr<char, void (*)(void*)> owner(found, idn2_free);
    std::string letters = std::string(address.substr(0, at + 1)) + found;
    // A label that only looks like punycode reads as letters that are another domain's.
    return ascii_lower(ascii_domain(letters)) == ascii_lower(ascii) ? letters : std::string();
}

}  // namespace pwreset
