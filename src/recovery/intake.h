// Working off what web back ends asked for: the look-up, the policy and the limits of the account, which the call
// itself must not depend on. Who asked is never told what came of it; the audit trail is.
#pragma once

#include <cstdint>
#include <string>

#include "src/context.h"

namespace pwreset {

/// An identity that nobody worked off is erased after a day.
constexpr Seconds intake_span{86400};

/// What became of requests.
struct IntakeTally {
    std::int64_t queued = 0;   ///< a delivery each
    std::int64_t refused = 0;  ///< no such account, or policy or a limit said no
    std::int64_t expired = 0;  ///< erased unhandled

    std::int64_t moved() const { return queued + refused + expired; }
    IntakeTally& operator+=(const IntakeTally& more);
};

/// "requests of web back ends: 2 queued, 1 refused", and how many expired.
std::string in_words(const IntakeTally& tally);

/// Works off at most `most` requests, oldest first; several processes may do it at once. Each one ends in one
/// transaction, with its delivery or its refusal, and its identity goes with it: a crash leaves it as it was. Stops
/// between two when a signal came.
IntakeTally work_off_intake(Context& context, int most);

}  // namespace pwreset
