#include "src/expression/encode.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/uuid.h"

namespace pwreset {
namespace {

constexpr char32_t first_of_pairs = 0x10000;

/// base64url without padding, out of base64.
Secret as_url(Secret text) {
    std::size_t size = text.size();
    while (size > 0 && text.data()[size - 1] == '=') --size;
    text.shrink(size);
    std::replace(text.data(), text.data() + size, '+', '-');
    std::replace(text.data(), text.data() + size, '/', '_');
    return text;
}

/// base64 again, with its padding; "+/=" in it are foreign.
std::optional<Secret> out_of_url(std::string_view text) {
    if (text.find_first_of("+/=") != text.npos) return {};
    Secret padded((text.size() + 3) / 4 * 4);
    std::fill(std::copy(text.begin(), text.end(), padded.data()), padded.data() + padded.size(), '=');
    std::replace(padded.data(), padded.data() + text.size(), '-', '+');
    std::replace(padded.data(), padded.data() + text.size(), '_', '/');
    return padded;
}

/// A whole number in a base, without a sign or zeros in front.
std::optional<std::uint64_t> read_number(std::string_view text, int base) {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (fault != std::errc() || end != text.data() + text.size()) return {};
    if (text.size() > 1 && text.front() == '0') return {};
    return number;
}

std::string write_number(std::uint64_t number, int base) {
    std::array<char, 64> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
    return {digits.data(), written.ptr};
}

std::string write_base36(std::string_view decimal) {
    const auto number = read_number(decimal, 10);
    if (!number) throw invalid_input("base 36 of what is no whole number");
    return write_number(*number, 36);
}

std::string write_undashed(std::string_view uuid) {
    const auto bytes = uuid_bytes(uuid);
    if (!bytes) throw invalid_input("digits of what is no UUID");
    return hex(*bytes);
}

std::optional<std::string> read_undashed(std::string_view digits) {
    const auto bytes = unhex(digits);
    if (!bytes || bytes->size() != 16) return {};
    return uuid_text(*bytes);
}

/// The UTF-16 of a text, unit by unit.
template <typename Take>
void each_unit(std::string_view text, Take take) {
    if (!is_utf8(text)) throw invalid_input("text that is not UTF-8");
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_code_point(text, at);
        if (c < first_of_pairs) {
            take(static_cast<std::uint16_t>(c));
            continue;
        }
        take(static_cast<std::uint16_t>(0xD800 + ((c - first_of_pairs) >> 10)));
        take(static_cast<std::uint16_t>(0xDC00 + ((c - first_of_pairs) & 0x3FF)));
    }
}

}  // namespace

Secret kept(std::string&& bytes) {
    Secret secret(bytes);
    ::explicit_bzero(bytes.data(), bytes.size());
    bytes.clear();
    return secret;
}

Secret encode(Function form, std::string_view bytes) {
    switch (form) {
        case Function::hex:
            return kept(hex(bytes));
        case Function::base64:
            return kept(base64(bytes));
        case Function::base64url:
            return as_url(kept(base64(bytes)));
        case Function::base36:
            return kept(write_base36(bytes));
        case Function::undashed:
            return kept(write_undashed(bytes));
        default:
            throw internal_error("a function that encodes nothing");
    }
}

std::optional<Secret> decode(Function form, std::string_view text) {
    std::optional<std::string> bytes;
    if (form == Function::hex) {
        bytes = unhex(text);
    } else if (form == Function::base64) {
        bytes = unbase64(text);
    } else if (form == Function::base64url) {
        const auto padded = out_of_url(text);
        if (padded) bytes = unbase64(padded->reveal());
    } else if (form == Function::base36) {
        if (const auto number = read_number(text, 36)) bytes = write_number(*number, 10);
    } else if (form == Function::undashed) {
        bytes = read_undashed(text);
    }
    if (!bytes) return {};
    Secret decoded = kept(std::move(*bytes));
    // Capitals among hexadecimal digits, say, are another spelling.
    if (encode(form, decoded.reveal()).reveal() != text) return {};
    return decoded;
}

Secret json_quoted(std::string_view text) {
    constexpr std::string_view short_forms = "\"\"\\\\//\bb\ff\nn\rr\tt";
    std::string quoted;
    quoted.reserve(6 * text.size() + 2);  // so that nothing is left behind by growing
    quoted += '"';
    each_unit(text, [&](std::uint16_t unit) {
        const auto form = unit < 0x80 ? short_forms.find(static_cast<char>(unit)) : short_forms.npos;
        if (form != short_forms.npos && form % 2 == 0) {
            quoted += {'\\', short_forms[form + 1]};
        } else if (unit >= ' ' && unit < 0x80) {
            quoted += static_cast<char>(unit);
        } else {
            quoted += "\\u";
            for (const int shift : {12, 8, 4, 0}) quoted += hex_digits[unit >> shift & 15];
        }
    });
    quoted += '"';
    return kept(std::move(quoted));
}

std::string java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    each_unit(text, [&](std::uint16_t unit) { hash = 31 * hash + unit; });
    const bool negative = hash >> 31 != 0;
    return write_number(negative ? 0 - hash : hash, 16);
}

}  // namespace pwreset
