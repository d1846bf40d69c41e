// Verifying the audit trail: was a row changed, removed, inserted, moved, held back; was the tail cut?
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/audit/head.h"
#include "src/context.h"

namespace pwreset {

/// One thing that is wrong.
struct Finding {
    std::string kind;        ///< a word for programs: missing, changed …
    std::int64_t first = 0;  ///< rows by their numbers; unsealed ones by their ids
    std::int64_t last = 0;
    std::string message;
    bool tampering = true;  ///< false: sealing has not kept up
};

struct Verification {
    std::vector<Finding> findings;  ///< at most 100
    std::int64_t more = 0;          ///< findings beyond those
    bool tampered = false;
    std::vector<Finding> remarks;  ///< what is no fault, and worth a look; at most 100
    std::int64_t more_remarks = 0;
    std::int64_t rows = 0;    ///< of the chain, read
    std::int64_t erased = 0;  ///< rows whose personal fields 'subject erase' removed, purged ones included
    std::int64_t purged_up_to = 0;
    std::int64_t unsealed = 0;  ///< before this run sealed what it could
    std::optional<Time> oldest_unsealed;
    std::int64_t heads_compared = 0;
    std::int64_t heads_purged = 0;  ///< too old to be compared: their rows were purged
    std::int64_t heads_lost = 0;    ///< of rows that were lost when a backup was restored, as a later entry states
    Link head;
    std::set<std::string> keys;  ///< ids of those that were used
};

/// Looks at what is unsealed, seals it (unless `dry_run`, or somebody else is at it), and follows the whole chain,
/// comparing it with the heads. Memory does not grow with the trail. `on_progress` is told the number of rows read.
/// Throws Error INTERRUPTED after a signal, UNAVAILABLE when the keys are rotated meanwhile.
Verification verify_audit(Context& context, const Heads& heads, bool dry_run,
                          const std::function<void(std::int64_t)>& on_progress);

/// What is unsealed, by what it is.
struct Unsealed {
    std::int64_t genuine = 0;
    std::int64_t forged = 0;  ///< not written by pwreset, or copied
    std::int64_t late = 0;    ///< genuine, and older than a minute
    std::optional<Time> oldest;
    std::int64_t erasures = 0;  ///< of its entries of 'subject erase'
};
/// `on_forged` is told the id of each row that was forged.
Unsealed look_at_unsealed(Context& context, const std::function<void(std::int64_t id)>& on_forged);

}  // namespace pwreset
