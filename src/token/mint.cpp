#include "src/token/mint.h"

#include <algorithm>
#include <array>

#include "src/base/encoding.h"
#include "src/base/fold.h"
#include "src/base/printable.h"
#include "src/hash/digest.h"
#include "src/token/digits.h"

namespace pwreset {

namespace {

constexpr std::uint32_t codes = 1'000'000;
constexpr std::size_t code_digits = 6;

/// What may stand around and between the digits of a code. Variation selectors and the key that encloses make one
/// character of a digit on keyboards with pictures.
bool is_between_digits(char32_t c) {
    constexpr std::u32string_view others = U".·\u20E3\uFE0E\uFE0F";
    return is_blank(c) || is_dash(c) || others.find(c) != others.npos;
}

}  // namespace

Secret new_code(const Env& env) {
    // Numbers above the largest multiple of a million are thrown away: a plain remainder would favour small codes.
    constexpr std::uint32_t limit = UINT32_MAX - UINT32_MAX % codes;
    std::uint32_t number = limit;
    while (number >= limit) env.random(reinterpret_cast<char*>(&number), sizeof number);
    number %= codes;
    Secret code(code_digits);
    for (std::size_t i = code_digits; i-- > 0; number /= 10) code.data()[i] = static_cast<char>('0' + number % 10);
    return code;
}

std::string link_verifier(const Secret& token) { return sha256(token.reveal()); }

std::string code_mac(const Secret& key, std::int64_t delivery_id, int attempt, Kind kind, const Secret& code) {
    const std::string head =
        std::to_string(delivery_id) + ":" + std::to_string(attempt) + ":" + std::string(word_of(kind)) + ":";
    Secret text(head.size() + code.size());
    head.copy(text.data(), head.size());
    code.reveal().copy(text.data() + head.size(), code.size());
    return hmac_sha256(key, text.reveal());
}

Secret normalised_code(std::string_view typed) {
    Secret code(code_digits);
    std::size_t count = 0;
    for (std::size_t at = 0; at < typed.size();) {
        const char32_t c = next_code_point(typed, at);
        if (is_between_digits(c)) continue;
        const int digit = digit_value(c);
        if (digit < 0 || count == code_digits) return {};
        code.data()[count++] = static_cast<char>('0' + digit);
    }
    return count == code_digits ? std::move(code) : Secret();
}

std::string keyed_digest(const Keyring& own, std::string_view purpose, std::string_view text) {
    return keyed_digest(own.current().bytes, purpose, text);
}

std::string keyed_digest(const Secret& key, std::string_view purpose, std::string_view text) {
    return hmac_sha256(key, std::string(purpose) + ":" + std::string(text));
}

bool is_keyed_digest(const Keyring& own, std::string_view purpose, std::string_view text, std::string_view digest) {
    const std::string bytes = std::string(purpose) + ":" + std::string(text);
    return std::any_of(own.keys().begin(), own.keys().end(),
                       [&](const Key& key) { return equal_in_constant_time(hmac_sha256(key.bytes, bytes), digest); });
}

namespace {

std::string marked_text(std::string_view account, std::string_view hash) {
    return std::string(account) + ":" + std::string(hash);
}

}  // namespace

std::string password_mark(const Keyring& own, std::string_view account, std::string_view hash) {
    return keyed_digest(own, "password", marked_text(account, hash));
}

bool is_password_mark(const Keyring& own, std::string_view account, std::string_view hash, std::string_view mark) {
    return is_keyed_digest(own, "password", marked_text(account, hash), mark);
}

std::string new_uuid(const Env& env) {
    std::string bytes(16, '\0');
    env.random(bytes.data(), bytes.size());
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    std::string text = hex(bytes);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
    return text;
}

}  // namespace pwreset
