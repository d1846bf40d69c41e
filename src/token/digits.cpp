#include "src/token/digits.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace pwreset {

namespace {

/// The zeros of all decimal digits, in ascending order (general category Nd; Unicode 15,
/// UnicodeData.txt). The nine others follow each.
constexpr std::array<char32_t, 68> zero_of_each_script{
    0x0030,  0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,  0x0CE6,
    0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,  0x1946,  0x19D0,  0x1A80,
    0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,
    0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0,
    0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8,
    0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0};

/// Those that stand between groups of digits (Pd), and the signs of minus that look like them.
constexpr std::u32string_view dashes =
    U"-\u058A\u05BE\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2E3A\u2E3B\u301C\u3030\u30A0\uFE58\uFE63"
    U"\uFF0D";

}  // namespace

int digit_value(char32_t c) {
    const auto* above = std::upper_bound(zero_of_each_script.begin(), zero_of_each_script.end(), c);
    if (above == zero_of_each_script.begin()) return -1;
    const char32_t value = c - *(above - 1);
    return value <= 9 ? static_cast<int>(value) : -1;
}

bool is_dash(char32_t c) { return dashes.find(c) != dashes.npos; }

}  // namespace pwreset
