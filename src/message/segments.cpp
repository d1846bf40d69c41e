#include "src/message/segments.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr std::u32string_view alphabet =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    U"abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those that take two places, an escape before them.
constexpr std::u32string_view double_places = U"^{}\\[~]|€\f";

constexpr std::array<std::pair<char32_t, std::string_view>, 17> plain_forms{{{U'’', "'"},
                                                                             {U'‘', "'"},
                                                                             {U'‚', ","},
                                                                             {U'“', "\""},
                                                                             {U'”', "\""},
                                                                             {U'„', "\""},
                                                                             {U'«', "\""},
                                                                             {U'»', "\""},
                                                                             {U'‐', "-"},
                                                                             {U'\u2011', "-"},
                                                                             {U'–', "-"},
                                                                             {U'—', "-"},
                                                                             {U'…', "..."},
                                                                             {U'•', "-"},
                                                                             {U'\u00A0', " "},
                                                                             {U'\u202F', " "},
                                                                             {U'\u2009', " "}}};

/// Latin letters, punctuation and pictures have others in their place; letters of another script have not.
bool is_avoidable(char32_t c) { return c < 0x0370 || (c >= 0x2000 && c < 0x2C00) || c == 0xFE0F || c >= 0x1F000; }

int messages_for(std::size_t length, std::size_t alone, std::size_t joined) {
    return length <= alone ? 1 : static_cast<int>((length + joined - 1) / joined);
}

}  // namespace

Segments segments_of(std::string_view text) {
    Segments found;
    std::size_t places = 0;  // of seven bits
    std::size_t units = 0;   // of sixteen
    bool beyond = false;
    bool avoidable = true;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_code_point(text, at);
        units += c > 0xFFFF ? 2 : 1;
        places += double_places.find(c) != double_places.npos ? 2 : std::max<std::size_t>(plain_form(c).size(), 1);
        if (alphabet.find(c) != alphabet.npos || double_places.find(c) != double_places.npos) continue;
        beyond = true;
        avoidable = avoidable && is_avoidable(c);
        if (std::find(found.costly.begin(), found.costly.end(), c) == found.costly.end()) found.costly.push_back(c);
    }
    found.plain = messages_for(places, 160, 153);
    found.count = beyond ? messages_for(units, 70, 67) : found.plain;
    if (avoidable) return found;
    found.plain = found.count;
    found.costly.clear();
    return found;
}

std::string_view plain_form(char32_t c) {
    const auto* known =
        std::find_if(plain_forms.begin(), plain_forms.end(), [c](const auto& form) { return form.first == c; });
    return known == plain_forms.end() ? std::string_view() : known->second;
}

}  // namespace pwreset
