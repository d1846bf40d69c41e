// A link to be damaged, and what is found of it.
#pragma once

#include <algorithm>
#include <string>

#include "src/token/pasted.h"
#include "tests/catch.h"

namespace pwreset::pasted_fixture {

inline const std::string token = "0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdefcafe0123deadbeef";
inline const std::string url = "https://shop.example/reset/" + token;

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
    return text.replace(text.find(what), what.size(), with);
}

/// The token with something put in after so many digits.
inline std::string broken(std::size_t digits, const std::string& with) {
    return "https://shop.example/reset/" + token.substr(0, digits) + with + token.substr(digits);
}

/// The damages under which the token was found: "line_break 30@58"; "none" for none, "-" when it was not found.
inline std::string found(const std::string& text) {
    const Pasted pasted = read_pasted(Secret(std::string_view(text)));
    const auto candidate = std::find_if(pasted.candidates.begin(), pasted.candidates.end(),
                                        [](const auto& one) { return one.token.reveal() == token; });
    if (candidate == pasted.candidates.end()) return "-";
    std::string damages;
    for (const auto& injury : candidate->injuries) {
        damages += (damages.empty() ? "" : ", ") + std::string(word_of(injury.what)) + " " +
                   std::to_string(injury.digits_before) + "@" + std::to_string(injury.character);
    }
    return damages.empty() ? "none" : damages;
}

inline std::string escaped(const std::string& text, const std::string& characters, char sign) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = characters.find(c) == characters.npos;
        out += plain ? std::string(1, c) : std::string{sign, digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

}  // namespace pwreset::pasted_fixture
