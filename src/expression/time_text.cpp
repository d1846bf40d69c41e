#include "src/expression/time_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/time.h"

namespace pwreset {
namespace {

using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// RFC 3339 has four digits for the year.
constexpr Time first_written = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
constexpr Time past_written = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);

bool is_written(Time time) { return time >= first_written && time < past_written; }

/// "2026-11-28T19:21:47.891Z", as JavaScript's toISOString() has it.
std::string iso_text(Time time) {
    const auto thousandths = static_cast<unsigned>((floor<milliseconds>(time) - floor<Seconds>(time)).count());
    std::string text = rfc3339(time);
    text.back() = '.';
    for (const unsigned unit : {100U, 10U, 1U}) text += static_cast<char>('0' + thousandths / unit % 10);
    return text + "Z";
}

/// "20261128192147".
std::string fourteen_digits(Time time) {
    std::string text = rfc3339(time);
    text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return !is_digit(c); }), text.end());
    return text;
}

/// A number of units since 1970, without leading zeros.
template <typename Unit>
std::optional<Time> read_count(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault != std::errc() || end != text.data() + text.size() || std::to_string(count) != text) return {};
    if (count < floor<Unit>(first_written).time_since_epoch().count() ||
        count >= floor<Unit>(past_written).time_since_epoch().count()) {
        return {};
    }
    return Time(Unit(count));
}

/// Whatever reads as RFC 3339; the caller compares.
std::optional<Time> read_digits(std::string_view text) {
    if (text.size() != 14) return {};
    std::string spelled(text);
    for (const auto& [at, sign] : {std::pair(4, '-'), {7, '-'}, {10, 'T'}, {13, ':'}, {16, ':'}}) {
        spelled.insert(static_cast<std::size_t>(at), 1, sign);
    }
    return parse_rfc3339(spelled + "Z");
}

}  // namespace

std::string write_time(Function form, std::int64_t count) {
    const Time time{microseconds(count)};
    if (!is_written(time)) throw invalid_input("time outside the years 0 to 9999");
    if (form == Function::iso) return iso_text(time);
    if (form == Function::ts14) return fourteen_digits(time);
    if (form == Function::unix_ms) return std::to_string(floor<milliseconds>(time).time_since_epoch().count());
    return std::to_string(floor<Seconds>(time).time_since_epoch().count());
}

std::optional<std::int64_t> read_time(Function form, std::string_view text) {
    std::optional<Time> time;
    if (form == Function::iso) {
        time = parse_rfc3339(text);
    } else if (form == Function::ts14) {
        time = read_digits(text);
    } else {
        time = form == Function::unix_ms ? read_count<milliseconds>(text) : read_count<Seconds>(text);
    }
    // What was read loosely, a bare date or another offset, is written otherwise.
    if (!time || !is_written(*time)) return {};
    const std::int64_t count = time->time_since_epoch().count();
    return write_time(form, count) == text ? std::optional(count) : std::nullopt;
}

}  // namespace pwreset
