#include "src/jobs/moments.h"

#include <algorithm>
#include <charconv>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/fold.h"

namespace pwreset {

namespace {

using std::chrono::microseconds;
using std::chrono::sys_days;

/// Numbers up to here are no time, but 0 or a flag, also where a second was added to it.
constexpr std::int64_t first_second_meant = 2 * 86400;
/// From here on milliseconds are meant, of 2001, and microseconds likewise: as seconds it is no year of anybody's.
constexpr std::int64_t first_in_milliseconds = 1'000'000'000'000;
constexpr std::int64_t first_in_microseconds = 1'000'000'000'000'000;

/// Years that applications write for "never", and the day from which others count.
bool stands_for_none(Time time) {
    using std::chrono::year;
    return time < Time(sys_days(year(1901) / 1 / 1)) || time >= Time(sys_days(year(9000) / 1 / 1)) ||
           (time >= Time(sys_days(year(1969) / 12 / 31)) && time < Time(sys_days(year(1970) / 1 / 3)));
}

Moment moment_at(Time time) {
    if (stands_for_none(time)) return {Moment::Says::never, {}};
    return {Moment::Says::when, time};
}

/// A whole number, or one whose fraction is left out.
std::optional<std::int64_t> whole_number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (fault != std::errc() || (!rest.empty() && rest.front() != '.')) return {};
    if (!rest.empty()) rest.remove_prefix(1);
    if (!std::all_of(rest.begin(), rest.end(), is_digit)) return {};
    return number;
}

Moment moment_of_number(std::int64_t number) {
    if (number <= first_second_meant) return {number < 0 ? Moment::Says::unclear : Moment::Says::never, {}};
    if (number < first_in_milliseconds) return moment_at(Time(std::chrono::seconds(number)));
    if (number < first_in_microseconds) return moment_at(Time(std::chrono::milliseconds(number)));
    return moment_at(Time(microseconds(number)));
}

/// "20260301123456" as "2026-03-01 12:34:56"; all else as it is.
std::string with_marks(std::string_view text) {
    const bool digits = text.size() == 14 && std::all_of(text.begin(), text.end(), is_digit) &&
                        (text.starts_with("19") || text.starts_with("20"));
    std::string marked(text);
    if (!digits) return marked;
    for (const auto& [at, mark] : {std::pair<std::size_t, char>{12, ':'}, {10, ':'}, {8, ' '}, {6, '-'}, {4, '-'}})
        marked.insert(at, 1, mark);
    return marked;
}

/// What a clock shows, read; nothing for what is no time without a zone.
std::optional<LocalTime> clock_in(std::string text) {
    if (text.size() > 10 && (text[10] == 'T' || text[10] == 't')) text[10] = ' ';
    if (text.size() == 10) text += " 00:00:00";
    if (text.size() == 16) text += ":00";
    try {
        return LocalTime(parse_db_time(text).time_since_epoch());
    } catch (const Error&) {
        return {};
    }
}

}  // namespace

Moments::Moments(const Profile& profile, const std::string& zone) {
    const std::string name = zone.empty() ? profile.zone : zone;
    if (!name.empty() && name != "utc")
        zone_ = TimeZone::named(name == "application" ? profile.application_zone : name);
    if (!profile.session_zone.empty()) session_ = TimeZone::named(profile.session_zone);
}

Moment Moments::read(const std::optional<std::string>& cell, bool timestamp) const {
    const std::string_view text = cell ? trimmed(*cell) : std::string_view();
    if (text.empty() || text.starts_with("0000")) return {Moment::Says::never, {}};
    const std::string marked = with_marks(text);
    if (const auto number = whole_number_in(marked)) return moment_of_number(*number);
    if (const auto shown = clock_in(marked)) return of_clock(*shown, timestamp);
    std::string with_zone = marked;
    if (with_zone.size() > 10 && with_zone[10] == ' ') with_zone[10] = 'T';
    const auto time = parse_rfc3339(with_zone);
    return time ? moment_at(*time) : Moment();
}

Moment Moments::of_clock(LocalTime shown, bool timestamp) const {
    const Time as_utc(shown.time_since_epoch());
    if (stands_for_none(as_utc)) return {Moment::Says::never, {}};
    if (timestamp && !session_) return moment_at(as_utc);
    // The application's clock, told to its connection, whose zone is another.
    const LocalTime meant = timestamp ? session_->local(as_utc) : shown;
    const auto moments = zone_.moments(meant);
    if (!moments.empty()) return moment_at(moments.front());
    const Time near(meant.time_since_epoch());
    return moment_at(near - zone_.offset(near));
}

}  // namespace pwreset
