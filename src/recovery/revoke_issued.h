// Taking back what one operator issued: after his account was misused.
#pragma once

#include <string>
#include <vector>

#include "db/own/issued.h"
#include "src/recovery/revoke.h"

namespace pwreset {

struct RevokedIssued {
    std::vector<RevokeResult> results;  ///< one a delivery that was not over, `ref:7K3Q-M2` its target
    std::int64_t used = 0;              ///< tokens that were used before: nothing takes those back
};

/// Revokes each delivery by itself, with its own audit row. Throws Error NOT_FOUND where nothing was open, INTERRUPTED
/// after a signal with how many are done. `dry_run` only counts, as one look-up.
RevokedIssued revoke_issued(Context& context, const db::IssuedBy& by, const Grounds& grounds, bool dry_run);

}  // namespace pwreset
