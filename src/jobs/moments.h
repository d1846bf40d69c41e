// The times in an application's columns, in whichever form they hold them: a DATETIME, a TIMESTAMP, text with a zone or
// without, 14 digits, seconds or milliseconds since 1970.
#pragma once

#include <optional>
#include <string>

#include "src/apps/profile.h"
#include "src/time_zone.h"

namespace pwreset {

/// What a column says.
struct Moment {
    enum class Says {
        when,
        never,   ///< NULL, nothing, 0, a zero date, or a time that stands for none
        unclear  ///< none of the known forms
    } says = Says::unclear;
    Time when{};
};

class Moments {
public:
    /// `zone` is that of bare times: "utc", "application" or a name of the tz database; empty = what the profile says.
    /// Throws Error CONFIG for a zone that there is not.
    Moments(const Profile& profile, const std::string& zone);

    /// `timestamp`: the column is a TIMESTAMP, and shows UTC.
    Moment read(const std::optional<std::string>& cell, bool timestamp) const;

private:
    Moment of_clock(LocalTime shown, bool timestamp) const;

    TimeZone zone_;
    std::optional<TimeZone> session_;  ///< of the application's connections, where it is another one
};

}  // namespace pwreset
