// When a delivery is tried again, and when no more.
#pragma once

#include <algorithm>

#include "src/base/kind.h"
#include "src/base/time.h"

namespace pwreset {

/// Temporary refusals at RCPT or DATA after which a delivery has failed.
constexpr int most_failures = 8;

/// The longest pause between two attempts. What sends text messages waits no longer for a gateway, either.
constexpr Seconds longest_wait{3600};

/// The pause after the n-th attempt: 30 s, doubled each time, at most an hour.
constexpr Seconds pause_after(int attempt) {
    return std::min(Seconds(30L << std::clamp(attempt - 1, 0, 7)), longest_wait);
}

/// A code that comes after ten minutes helps nobody; a link has a day.
inline Time give_up_at(Time queued_at, Kind kind) {
    return queued_at + (is_code(kind) ? Seconds(600) : Seconds(86400));
}

}  // namespace pwreset
