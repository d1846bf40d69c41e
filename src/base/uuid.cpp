#include "src/base/uuid.h"

#include "src/base/ascii.h"
#include "src/base/encoding.h"

namespace pwreset {

namespace {

constexpr std::size_t digit_count = 32;

/// Where a dash stands in the usual form.
bool is_dash_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

}  // namespace

std::optional<std::string> uuid_bytes(std::string_view text) {
    constexpr std::string_view urn = "urn:uuid:";
    if (ascii_lower(text.substr(0, urn.size())) == urn) text.remove_prefix(urn.size());
    if (text.size() > 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
    const bool dashed = text.size() == digit_count + 4;
    if (!dashed && text.size() != digit_count) return {};
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (dashed && is_dash_place(i)) {
            if (text[i] != '-') return {};
            continue;
        }
        if (!is_hex_digit(text[i])) return {};
        digits += text[i];
    }
    return unhex(digits);
}

std::string uuid_text(std::string_view bytes) {
    const std::string digits = hex(bytes);
    std::string text;
    for (const char digit : digits) {
        if (is_dash_place(text.size())) text += '-';
        text += digit;
    }
    return text;
}

std::string with_time_first(std::string_view bytes) {
    return std::string(bytes.substr(6, 2))
        .append(bytes.substr(4, 2))
        .append(bytes.substr(0, 4))
        .append(bytes.substr(8));
}

std::string with_time_restored(std::string_view bytes) {
    return std::string(bytes.substr(4, 4))
        .append(bytes.substr(2, 2))
        .append(bytes.substr(0, 2))
        .append(bytes.substr(8));
}

}  // namespace pwreset
