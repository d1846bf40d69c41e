// What stands in the place of the audit rows that were purged. What it proves is src/audit's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

/// One row an application.
struct Checkpoint {
    std::string app;
    std::int64_t seq = 0;       ///< the last row that was purged
    std::string chain_mac;      ///< its chain MAC, raw: the next row's covers it
    Time latest;                ///< the latest time of a purged row
    std::int64_t erased = 0;    ///< purged rows without their personal fields
    std::int64_t erasures = 0;  ///< rows that the purged entries of 'subject erase' tell of
    Time purged_at;
    std::string key_id;
    std::string mac;  ///< raw
};

/// With `lock` it stays as it is until the transaction ends.
std::optional<Checkpoint> read_checkpoint(Session& session, const std::string& app, bool lock = false);
/// Puts it in the place of the one at `former` (0 = there is none). False when that is not there any more: somebody
/// else purged, and the transaction must be rolled back.
bool move_checkpoint(Session& session, const Checkpoint& checkpoint, std::int64_t former);

}  // namespace pwreset::db
