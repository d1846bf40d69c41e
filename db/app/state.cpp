#include "db/app/state.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "src/base/ascii.h"
#include "src/base/fold.h"

namespace pwreset::db {

namespace {

constexpr std::array<std::string_view, 7> yes_words{"true", "t", "yes", "y", "on", "active", "enabled"};
constexpr std::array<std::string_view, 5> no_words{"false", "f", "no", "n", "off"};
constexpr std::array<std::string_view, 8> ended_words{"inactive", "disabled", "suspended", "banned",
                                                      "deleted",  "blocked",  "locked",    "closed"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr StateReading set_time{Says::yes, "time"};
constexpr StateReading no_time{Says::no, "no time"};

/// Seconds since 1970 of the ninth of September 2001 and of the year 9000, which is never.
constexpr std::int64_t first_second = 1'000'000'000;
constexpr std::int64_t never_second = 221'845'392'000;
/// The largest seconds that four bytes hold, with a sign and without one.
constexpr std::array<std::int64_t, 2> last_seconds{2147483647, 4294967295};

/// Digits of a number before its dot; nothing where it has a fraction, or is none.
std::optional<std::int64_t> number_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc()) return {};
    std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (rest.starts_with('.')) rest.remove_prefix(1);
    if (rest.find_first_not_of('0') != rest.npos) return {};
    return number;
}

StateReading read_number(std::int64_t number) {
    if (number == 0) return {Says::no, "flag"};
    if (number == 1) return {Says::yes, "flag"};
    if (number < first_second) return {Says::nothing_known, "number"};
    const std::int64_t seconds = number >= first_second * 1000 ? number / 1000 : number;
    const bool never =
        seconds >= never_second || std::find(last_seconds.begin(), last_seconds.end(), seconds) != last_seconds.end();
    if (never) return no_time;
    // Between a date far away in seconds and one of 2001 in milliseconds there is nothing that anybody means.
    return seconds < 10 * first_second ? set_time : StateReading{Says::nothing_known, "number"};
}

bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

/// "2026-03-01", with a time or without.
bool is_date(std::string_view text) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
    if (!are_digits(text.substr(0, 4)) || !are_digits(text.substr(5, 2)) || !are_digits(text.substr(8, 2)))
        return false;
    if (text.size() == 10) return true;
    if (text.size() < 16 || (text[10] != ' ' && text[10] != 't') || text[13] != ':') return false;
    return text.substr(10).find_first_not_of(" t0123456789:.+-z") == text.npos;
}

StateReading read_date(std::string_view text) {
    int year = 0;
    std::from_chars(text.data(), text.data() + 4, year);
    const std::string_view day = text.substr(0, 10);
    constexpr std::array<std::string_view, 4> none{"1970-01-01", "1969-12-31", "2038-01-19", "2106-02-07"};
    const bool stands_for_none = std::find(none.begin(), none.end(), day) != none.end();
    return year <= 1900 || year >= 9000 || stands_for_none ? no_time : set_time;
}

/// The text of a JSON scalar without its quotes; all else as it is.
std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
    return text;
}

}  // namespace

StateReading read_state(const std::optional<std::string>& value) {
    if (!value) return {Says::no, "flag"};
    if (*value == std::string_view("\1", 1)) return {Says::yes, "flag"};
    const std::string text = fold_case(trimmed(unquoted(trimmed(*value))));
    if (text.empty() || text == "null") return {Says::no, "flag"};
    if (const auto number = number_of(text)) return read_number(*number);
    if (is_date(text)) return read_date(text);
    if (among(no_words, text)) return {Says::no, "flag"};
    if (among(ended_words, text)) return {Says::no, "word"};
    if (among(yes_words, text)) return {Says::yes, text.size() > 4 ? "word" : "flag"};
    return {Says::nothing_known, "word"};
}

bool is_listed(const std::optional<std::string>& value, const std::vector<std::string>& values) {
    if (!value) return false;
    const std::string text = fold_case(trimmed(unquoted(trimmed(*value))));
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& one) { return fold_case(trimmed(one)) == text; });
}

}  // namespace pwreset::db
