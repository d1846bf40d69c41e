#include "src/account/phone.h"

#include <dlfcn.h>

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/fold.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/token/digits.h"

namespace pwreset {

namespace {

constexpr const char* module_name = "pwreset-phone.so";  // found by the program's RUNPATH
constexpr std::size_t most_digits = 17;                  // E.164 has 15; "00" may stand before them

[[noreturn]] void no_module() {
    const char* why = dlerror();
    throw unavailable("cannot load the module for phone numbers: " + std::string(why != nullptr ? why : module_name),
                      remedy_for_missing_module());
}

/// The module stays loaded until the program ends.
decltype(&pwreset_read_phone) load_module() {
    void* const module = dlopen(module_name, RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) no_module();
    void* const door = dlsym(module, "pwreset_read_phone");
    if (door == nullptr) no_module();
    return reinterpret_cast<decltype(&pwreset_read_phone)>(door);
}

/// A digit of any script in ASCII; nothing for any other character.
std::optional<char> digit_of(char32_t c) {
    const int value = digit_value(c);
    return value < 0 ? std::nullopt : std::optional(static_cast<char>('0' + value));
}

/// Blanks and what people write between groups of digits, typographic dashes among them.
bool separates(char32_t c) {
    constexpr std::u32string_view others = U"./()[]·_~\u2044\u30FC\uFF08\uFF09\uFF0E\uFF0F";
    return is_blank(c) ? c >= 0x20 : is_dash(c) || others.find(c) != others.npos;
}

/// "+" and digits alone, which leaves nothing to libphonenumber that it would take for letters or an extension; or the
/// fault.
std::string bare_digits(std::string_view text, std::string& fault) {
    std::string digits;
    for (std::size_t at = 0; at < text.size() && fault.empty();) {
        const char32_t c = next_code_point(text, at);
        if (const auto value = digit_of(c)) {
            digits += *value;
        } else if ((c == U'+' || c == U'\uFF0B') && digits.empty()) {
            digits += '+';
        } else if (!separates(c)) {
            fault = "it holds " + name_character(c);
        }
    }
    const auto count =
        static_cast<std::size_t>(std::count_if(digits.begin(), digits.end(), [](char c) { return c != '+'; }));
    if (fault.empty() && count == 0) fault = "it has no digit";
    if (fault.empty() && count > most_digits) fault = "it is too long";
    return digits;
}

std::string replaced(std::string text, char what, char with) {
    std::replace(text.begin(), text.end(), what, with);
    return text;
}

std::string digits_in(const std::string& text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
    return digits;
}

/// A grouped form with spaces, with dashes, and with its first group alone set apart: "0912 123 4567",
/// "0912-123-4567", "0912 1234567", "0912-1234567".
void add_groupings(const std::string& written, std::vector<std::string>& out) {
    const std::string spaced = replaced(written, '-', ' ');
    out.push_back(written);
    out.push_back(spaced);
    out.push_back(replaced(spaced, ' ', '-'));
    const auto first = spaced.find(' ');
    if (first == spaced.npos) return;
    const std::string rest = digits_in(spaced.substr(first));
    for (const char* between : {" ", "-"}) out.push_back(spaced.substr(0, first) + between + rest);
}

}  // namespace

bool looks_like_phone(std::string_view text) {
    if (text.empty() || text.find('@') != text.npos) return false;
    std::size_t at = 0;
    char32_t c = next_code_point(text, at);
    if ((c == U'(' || c == U'[' || c == U'\uFF08') && at < text.size()) c = next_code_point(text, at);
    return c == U'+' || c == U'\uFF0B' || digit_of(c).has_value();
}

PhoneReading parse_phone(std::string_view text, const std::string& region) {
    PhoneReading reading;
    const std::string digits = bare_digits(text, reading.fault);
    if (!reading.fault.empty()) return reading;
    static const auto read = load_module();  // tried again at the next call when it throws
    if (!read(digits, region, reading)) {
        throw config_error("'users.phone_region' holds '" + region + "', which no phone number belongs to",
                           "write the ISO 3166 code of a country, such as \"IR\"");
    }
    return reading;
}

namespace {

/// The number without the code of its country and without what only calls within it begin with, in groups.
std::string significant_part(const Phone& phone) {
    const auto country_code = phone.international.find_first_of(" -");
    return phone.international.substr(std::min(country_code, phone.international.size() - 1) + 1);
}

}  // namespace

std::string digits_of(std::string_view text) {
    std::string digits;
    for (std::size_t at = 0; at < text.size();) {
        if (const auto value = digit_of(next_code_point(text, at))) digits += *value;
    }
    return digits;
}

std::string tail_of(const Phone& phone) {
    constexpr std::size_t shortest = 7;
    const std::string digits = digits_in(significant_part(phone));
    return digits.size() < shortest ? std::string() : digits.substr(digits.size() - shortest);
}

std::vector<std::string> spellings_of(const Phone& phone) {
    const std::string digits = phone.e164.substr(1);
    std::vector<std::string> out{phone.e164, digits, "00" + digits};
    add_groupings(phone.international, out);
    add_groupings("00" + phone.international.substr(1), out);
    if (!phone.national.empty()) {
        out.push_back(digits_in(phone.national));
        add_groupings(phone.national, out);
        // Without the digit that only calls within the country begin with: "9121234567".
        const std::string significant = significant_part(phone);
        out.push_back(digits_in(significant));
        add_groupings(significant, out);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace pwreset
