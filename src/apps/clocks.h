// The clocks of an application: how its columns tell a moment, and which moments they can tell at all.
#pragma once

#include <optional>
#include <string>

#include "db/app/reset_store.h"
#include "src/apps/profile.h"
#include "src/time_zone.h"

namespace pwreset {

class Clocks {
public:
    /// Throws Error CONFIG for a zone that there is not.
    explicit Clocks(const Profile& profile);

    /// Of bare times; of tokens that clocks on the wall date.
    const TimeZone& zone() const { return zone_; }
    /// A moment as a column holds it.
    db::ResetCell cell_of(Time time) const;
    /// The moment that the application reads out of a column; nothing for NULL, a zero date and what is no time.
    std::optional<Time> read_cell(const std::optional<std::string>& cell, bool timestamp) const;
    /// A column of the users row that the profile reads.
    Value read(const ReadColumn& column, const std::optional<std::string>& cell) const;
    /// The nearest moment that its columns can tell. Of an hour that clocks repeat an application takes one pass, as
    /// its language does: the other can only be told by a moment behind it (where what lives too long can be taken
    /// away) or before it.
    Time representable(Time wished) const;
    static Time moment_of(const Value& value);
    static Value value_of(Time time);

private:
    TimeZone zone_of(const std::string& name) const;
    /// Which of the moments at which clocks show the same the application means.
    Time meant(const std::vector<Time>& moments) const {
        return profile_.repeated_hour_second ? moments.back() : moments.front();
    }

    const Profile& profile_;
    TimeZone zone_;
    std::optional<TimeZone> session_;  ///< of the application's connections, where it is another one
    bool bare_ = false;                ///< whether any column holds a bare time
};

}  // namespace pwreset
