#include "src/base/encoding.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/base/ascii.h"

namespace pwreset {
namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of every symbol of base 64, -1 for a foreign character.
constexpr std::array<int, 256> base64_values = [] {
    std::array<int, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < base64_alphabet.size(); ++i)
        values[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<int>(i);
    return values;
}();

unsigned byte_at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

}  // namespace

std::string hex(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text += hex_digits[byte_at(bytes, i) >> 4];
        text += hex_digits[byte_at(bytes, i) & 15];
    }
    return text;
}

std::optional<std::string> unhex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

std::string base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        std::uint32_t group = byte_at(bytes, i) << 16;
        if (left > 1) group |= byte_at(bytes, i + 1) << 8;
        if (left > 2) group |= byte_at(bytes, i + 2);
        text += base64_alphabet[group >> 18];
        text += base64_alphabet[group >> 12 & 63];
        text += left > 1 ? base64_alphabet[group >> 6 & 63] : '=';
        text += left > 2 ? base64_alphabet[group & 63] : '=';
    }
    return text;
}

std::optional<std::string> unbase64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    // Padding is only what ends the text, two at most; anywhere else '=' is a foreign character.
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const int value = base64_values[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        pending = (pending << 6 | static_cast<std::uint32_t>(value)) & 0xFFFF;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>(pending >> bits & 0xFF);
    }
    // Bits that belong to no byte are zero, or two texts would mean the same bytes (RFC 4648, section 3.5).
    if ((pending & ((1U << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

Secret percent_encoded(std::string_view text) {
    Secret encoded(3 * text.size());
    char* to = encoded.data();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            *to++ = c;
            continue;
        }
        *to++ = '%';
        *to++ = ascii_upper(hex_digits[byte_at(text, i) >> 4]);
        *to++ = ascii_upper(hex_digits[byte_at(text, i) & 15]);
    }
    encoded.shrink(static_cast<std::size_t>(to - encoded.data()));
    return encoded;
}

}  // namespace pwreset
