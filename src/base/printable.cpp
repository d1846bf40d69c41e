#include "src/base/printable.h"

#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace pwreset {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr char32_t zero_width_non_joiner = 0x200C;
constexpr std::string_view ellipsis = "…";

struct Range {
    char32_t first;
    char32_t last;
};

/// `ranges` in ascending order.
bool among(char32_t c, std::span<const Range> ranges) {
    const auto range = std::ranges::lower_bound(ranges, c, {}, &Range::last);
    return range != ranges.end() && range->first <= c;
}

// Controls (Cc), bidirectional controls, line and paragraph separator, interlinear annotations, joiners of hieroglyphs,
// and all that has the property Default_Ignorable_Code_Point, which is to say invisible (Unicode 15,
// DerivedCoreProperties.txt).
constexpr Range unseen[] = {{0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
                            {0x061C, 0x061C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
                            {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
                            {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
                            {0x13430, 0x13440}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};

// Letters of the Arabic script (Lo; Unicode 15, Scripts.txt), without its digits, marks and punctuation.
constexpr Range arabic_letters[] = {{0x0620, 0x063F}, {0x0641, 0x064A}, {0x066E, 0x066F}, {0x0671, 0x06D3},
                                    {0x06D5, 0x06D5}, {0x06EE, 0x06EF}, {0x06FA, 0x06FC}, {0x06FF, 0x06FF},
                                    {0x0750, 0x077F}, {0x0870, 0x0887}, {0x08A0, 0x08C8}, {0xFB50, 0xFBB1},
                                    {0xFBD3, 0xFD3D}, {0xFE70, 0xFEFC}};

// Blanks (Zs), which have a width but no shape.
constexpr Range blanks[] = {{0x0020, 0x0020}, {0x00A0, 0x00A0}, {0x1680, 0x1680}, {0x2000, 0x200A},
                            {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};

bool is_plain_ascii(char c) { return c >= 0x20 && c < 0x7F; }

unsigned octet_at(std::string_view text, std::size_t position) { return static_cast<unsigned char>(text[position]); }

/// The code point at `position`; U+0000 at the end of the text.
char32_t peek(std::string_view text, std::size_t position) {
    return position < text.size() ? next_code_point(text, position) : U'\0';
}

/// Persian needs the zero-width non-joiner inside words («می‌خواهم»): there it is ordinary text.
bool stands_in_arabic(char32_t c, char32_t before, char32_t after) {
    return c == zero_width_non_joiner && among(before, arabic_letters) && among(after, arabic_letters);
}

/// The UTF-8 of a code point above ASCII.
std::string encode(char32_t c) {
    std::string bytes;
    const auto append = [&bytes](char32_t byte) { bytes += static_cast<char>(byte); };
    if (c < 0x800) {
        append(0xC0 | c >> 6);
    } else if (c < 0x10000) {
        append(0xE0 | c >> 12);
        append(0x80 | (c >> 6 & 0x3F));
    } else {
        append(0xF0 | c >> 18);
        append(0x80 | (c >> 12 & 0x3F));
        append(0x80 | (c >> 6 & 0x3F));
    }
    append(0x80 | (c & 0x3F));
    return bytes;
}

void append_escape(std::string& out, const char* format, unsigned value) {
    std::array<char, 16> escape{};
    std::snprintf(escape.data(), escape.size(), format, value);
    out += escape.data();
}

/// wcwidth() of the C library, whose tables follow each new Unicode, under a locale of our own: the one that the
/// process runs in may not know UTF-8. Loaded at the first character that is not ASCII, as it costs a file.
int library_width(char32_t c) {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8 == nullptr) return 1;
    const locale_t before = uselocale(utf8);
    const int width = wcwidth(static_cast<wchar_t>(c));
    uselocale(before);
    return width;
}

std::size_t width_of(char32_t c) {
    if (c >= 0x20 && c < 0x7F) return 1;
    if (among(c, unseen)) return 0;
    const int width = library_width(c);
    return width < 0 ? 1 : static_cast<std::size_t>(width);  // unassigned: a terminal draws a box
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& position) {
    const unsigned lead = octet_at(text, position++);
    if (lead < 0x80) return lead;
    // The lowest and highest second byte exclude overlong forms, surrogates and what is above U+10FFFF (the Unicode
    // Standard, table 3-7).
    std::size_t more = 1;
    unsigned lowest = 0x80;
    unsigned highest = 0xBF;
    if (lead < 0xC2 || lead > 0xF4) return replacement;
    if (lead >= 0xE0) more = lead < 0xF0 ? 2 : 3;
    if (lead == 0xE0) lowest = 0xA0;
    if (lead == 0xED) highest = 0x9F;
    if (lead == 0xF0) lowest = 0x90;
    if (lead == 0xF4) highest = 0x8F;
    if (text.size() - position < more) return replacement;

    char32_t c = lead & (0x3FU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        const unsigned byte = octet_at(text, position + i);
        if (byte < lowest || byte > highest) return replacement;
        c = c << 6 | (byte & 0x3F);
        lowest = 0x80;
        highest = 0xBF;
    }
    position += more;
    return c;
}

bool is_utf8(std::string_view text) {
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t start = position;
        // U+FFFD itself is three bytes long.
        if (next_code_point(text, position) == replacement && position == start + 1) return false;
    }
    return true;
}

std::string printable(std::string_view text) {
    const auto odd = std::ranges::find_if_not(text, is_plain_ascii);
    std::string out(text.begin(), odd);
    char32_t previous = U'\0';
    for (std::size_t position = out.size(); position < text.size();) {
        const std::size_t start = position;
        const char32_t c = next_code_point(text, position);
        if (c == replacement && position == start + 1)
            append_escape(out, "\\x{%02X}", octet_at(text, start));
        else if (among(c, unseen) && !stands_in_arabic(c, previous, peek(text, position)))
            append_escape(out, "\\u{%X}", c);
        else
            out += text.substr(start, position - start);
        previous = c;
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t position = 0; position < text.size();) columns += width_of(next_code_point(text, position));
    return columns;
}

std::string cut(std::string_view text, std::size_t width) {
    std::size_t columns = 0;
    std::size_t kept = 0;  // the bytes that leave a column for the ellipsis
    for (std::size_t position = 0; position < text.size();) {
        const char32_t c = next_code_point(text, position);
        columns += width_of(c);
        if (columns < width && c != zero_width_non_joiner) kept = position;
        if (columns > width) return width == 0 ? "" : std::string(text.substr(0, kept)).append(ellipsis);
    }
    return std::string(text);
}

std::string cut_bytes(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    std::size_t kept = 0;
    for (std::size_t position = 0; position <= bytes;) {
        const char32_t c = next_code_point(text, position);
        if (position <= bytes && c != zero_width_non_joiner) kept = position;
    }
    return std::string(text.substr(0, kept));
}

std::string name_character(char32_t c) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "U+%04X", static_cast<unsigned>(c));
    const std::string character = c < 0x80 ? std::string(1, static_cast<char>(c)) : encode(c);
    const bool shapeless = among(c, unseen) || among(c, blanks) || width_of(c) == 0 || !is_utf8(character);
    return shapeless ? number.data() : "'" + character + "' " + number.data();
}

}  // namespace pwreset
