// Whether deliveries leave, and old rows go: what a site notices too late when nobody runs `deliver` and
// `purge-expired`.
#pragma once

#include "db/own/intake.h"
#include "db/own/upkeep.h"
#include "src/config/config.h"
#include "src/doctor/check.h"
#include "src/queue/clock_correction.h"

namespace pwreset {

Checks check_queue(db::Session& session, const Config& config);
Checks check_purge(db::Session& session, const Config& config);

/// A warning once something has been due for a quarter of an hour.
Checks judge_queue(std::int64_t due, const db::QueueState& state, Time now);
/// The same for what web back ends asked for; nothing to say while it is worked off.
Checks judge_intake(const db::IntakeBacklog& backlog, Time now);
/// Whether the database's clock was ahead: a problem until a day after what it left was bounded, then a warning.
Checks judge_clock_left(const ClockLeft& left, Time now);

struct PurgeState {
    std::optional<Time> last;       ///< of the last two days
    std::optional<Time> installed;  ///< a site younger than that has had no reason to purge
    std::int64_t overdue = 0;       ///< tokens two days past their retention
};
Check judge_purge(const PurgeState& state, Time now);

}  // namespace pwreset
