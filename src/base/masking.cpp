#include "src/base/masking.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "src/base/ascii.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

// Always as many dots, whatever they stand for: the length would tell something, too.
constexpr std::string_view hidden_letters = "••";
constexpr std::string_view hidden_digits = "•••••";
constexpr std::string_view non_joiner = "\u200C";  // only printable between the two letters it keeps apart
constexpr std::size_t shown_digits = 2;
constexpr std::size_t fewest_hidden = 3;  // of a shorter number no digit is shown

/// The characters of a text, each together with the marks that combine with it.
std::vector<std::string_view> letters_of(std::string_view text) {
    std::vector<std::string_view> letters;
    for (std::size_t start = 0, position = 0; position < text.size(); start = position) {
        next_code_point(text, position);
        const std::string_view step = text.substr(start, position - start);
        if (letters.empty() || display_width(step) > 0)
            letters.push_back(step);
        else if (step != non_joiner)
            letters.back() = {letters.back().data(), text.data() + position};
    }
    return letters;
}

std::string without_separators(std::string_view number) {
    std::string bare(number);
    std::erase_if(bare, [](char c) { return std::string_view(" -./()").find(c) != std::string_view::npos; });
    return bare;
}

/// How many digits the country code has that such digits begin with (ITU-T E.164, list of assigned codes): each code of
/// one or two digits is named here, all others have three.
std::size_t country_code_length(std::string_view digits) {
    constexpr std::string_view of_two =
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 "
        "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
    if (digits.starts_with('1') || digits.starts_with('7')) return 1;
    return of_two.find(digits.substr(0, 2)) != std::string_view::npos ? 2 : 3;
}

}  // namespace

std::string mask_email(std::string_view address) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos) return mask_phone(address);
    const std::vector<std::string_view> letters = letters_of(address.substr(0, at));
    std::string masked;
    if (!letters.empty()) masked += letters.front();
    masked += hidden_letters;
    if (letters.size() > 2) masked += letters.back();
    masked += address.substr(at);
    return masked;
}

std::string_view country_code(std::string_view number) {
    if (!number.starts_with('+')) return {};
    const std::string_view code = number.substr(0, 1 + country_code_length(number.substr(1)));
    const bool digits = std::ranges::all_of(code.substr(1), is_digit);
    return digits ? code : std::string_view{};
}

std::string mask_phone(std::string_view number) {
    const std::string bare = without_separators(number);
    const std::string_view country = country_code(bare);
    const std::vector<std::string_view> digits = letters_of(std::string_view(bare).substr(country.size()));
    std::string masked(country);
    masked += hidden_digits;
    if (digits.size() < fewest_hidden + shown_digits) return masked;
    for (std::size_t i = digits.size() - shown_digits; i < digits.size(); ++i) masked += digits[i];
    return masked;
}

}  // namespace pwreset
