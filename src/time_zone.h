// What the clocks of a place show: zones of the tz database, as the machine has it, and fixed offsets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/time.h"

namespace pwreset {

/// What a clock on the wall shows, to the microsecond: a moment only together with a zone.
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

/// A rule of POSIX's TZ ("CET-1CEST,M3.5.0,M10.5.0/3"): what holds after the last change that a zone's file lists.
struct ZoneRule {
    /// A day of the year and the time on it, as local clocks show it.
    struct Change {
        enum class Form { month_week_day, day_but_leap, day } form = Form::month_week_day;
        int month = 0, week = 0, weekday = 0;  ///< of the first form
        int day = 0;                           ///< of the others: 1 to 365 without 29 February, or 0 to 365
        Seconds clock{7200};                   ///< may be before the day, or days after it
    };
    Seconds standard{0};  ///< east of UTC
    Seconds summer{0};
    std::optional<Change> begin, end;  ///< of summer time; both or neither

    /// Reads the text; nothing for anything else.
    static std::optional<ZoneRule> read(std::string_view text);
    Seconds offset(Time time) const;
};

/// Immutable. Copies share nothing and are rarely needed: a zone is some hundred numbers.
class TimeZone {
public:
    /// UTC.
    TimeZone() = default;
    /// "Europe/Berlin", as the machine's tz database has it; "UTC"; "+03:30". Throws Error CONFIG for what is none of
    /// these, and where the machine has no such zone.
    static TimeZone named(std::string_view name);
    /// The content of a file of the tz database (RFC 9636); nothing when it is not one, or counts leap seconds.
    static std::optional<TimeZone> of_file(std::string_view content);

    /// How far its clocks are ahead of UTC.
    Seconds offset(Time time) const;
    LocalTime local(Time time) const { return LocalTime(time.time_since_epoch() + offset(time)); }
    /// The moments at which its clocks show this, the earlier first: one; none while they leap ahead; two in an hour
    /// that is repeated.
    std::vector<Time> moments(LocalTime shown) const;

private:
    struct Change {
        std::int64_t at = 0;  ///< seconds since 1970
        Seconds offset{0};    ///< from then on
    };
    Seconds before_{0};            ///< before the first change
    std::vector<Change> changes_;  ///< by time
    std::optional<ZoneRule> afterwards_;
};

}  // namespace pwreset
