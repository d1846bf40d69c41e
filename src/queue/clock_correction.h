// A database's clock that was ahead and is right again: what it has dated ahead is bounded by the rules, measured anew.
#pragma once

#include "src/context.h"

namespace pwreset {

/// The action of the entry that tells of it.
constexpr const char* clock_action = "clock";

/// Where entries of the trail are dated ahead of the database's clock: what was issued meanwhile lives no longer than
/// its lifetime from now on, what waits is tried after its pause, what is held is held for one lease. Recorded once.
/// Does nothing where the host's clock says that it is the database's which is behind: then those times are right.
void bound_what_is_ahead(Context& context);

/// What `doctor` tells.
struct ClockLeft {
    std::int64_t rows = 0;             ///< entries dated ahead
    Seconds ahead{};                   ///< the farthest of them
    std::optional<Time> bounded_at{};  ///< when what they stand for was bounded; nothing: not yet
};
ClockLeft clock_left(db::Session& session, const std::string& app);

}  // namespace pwreset
