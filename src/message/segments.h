// How many text messages a text is sent as: networks carry 160 characters of a small alphabet in one, or 70 of any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// By GSM 03.38 (3GPP TS 23.038) and the six bytes that join the parts of a longer one.
struct Segments {
    int count = 1;
    int plain = 1;                   ///< with a character of the alphabet in the place of each of `costly`
    std::vector<char32_t> costly{};  ///< beyond the alphabet, once each; empty where the script has no other
};
Segments segments_of(std::string_view text);
/// What is written in the alphabet instead of a typographic character; empty where nothing is.
std::string_view plain_form(char32_t c);

}  // namespace pwreset
