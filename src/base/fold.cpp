#include "src/base/fold.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <array>

#include "src/base/printable.h"

namespace pwreset {

namespace {

/// glibc's own table of characters; the same whatever LANG says. Null where the system lacks it: then ASCII alone.
locale_t unicode() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

char32_t lower(char32_t c) {
    if (c < 0x80) return c >= U'A' && c <= U'Z' ? c - U'A' + U'a' : c;
    return unicode() ? static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), unicode())) : c;
}

void append_utf8(std::string& out, char32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

struct Span {
    char32_t from, to;
};
constexpr std::array<Span, 13> around_words{{{0x09, 0x0D},
                                             {0x20, 0x20},
                                             {0x85, 0x85},
                                             {0xA0, 0xA0},
                                             {0xAD, 0xAD},
                                             {0x061C, 0x061C},
                                             {0x180E, 0x180E},
                                             {0x2000, 0x200F},
                                             {0x2028, 0x202F},
                                             {0x205F, 0x2064},
                                             {0x2066, 0x206F},
                                             {0x3000, 0x3000},
                                             {0xFEFF, 0xFEFF}}};

}  // namespace

std::string fold_case(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        const char32_t small = lower(c);
        if (small == c) out += text.substr(start, at - start);
        if (small != c) append_utf8(out, small);
    }
    return out;
}

bool is_blank(char32_t c) {
    return std::any_of(around_words.begin(), around_words.end(),
                       [c](const Span& range) { return c >= range.from && c <= range.to; });
}

std::string_view trimmed(std::string_view text) {
    std::size_t first = text.size();
    std::size_t end = text.size();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        if (c == 0 || is_blank(c)) continue;
        if (first == text.size()) first = start;
        end = at;
    }
    return first == text.size() ? std::string_view() : text.substr(first, end - first);
}

}  // namespace pwreset
