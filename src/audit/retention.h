// Deleting audit rows past their retention: the front of the chain, with a checkpoint in its place.
#pragma once

#include <cstdint>

#include "src/base/time.h"
#include "src/context.h"

namespace pwreset {

/// What became of one batch.
struct AuditPurge {
    std::int64_t deleted = 0;
    std::int64_t faults = 0;  ///< things that were wrong with what was deleted
    bool more = false;        ///< there may be more to delete
};

/// Deletes sealed rows older than `cut` from the front of the chain, at most `most` of them, up to the first that is
/// young enough. The rows are verified: the age of a row that does not verify is nobody's word, so it goes only when
/// one that was sealed after it is proven to be old, and is counted. What is unsealed stays. One transaction,
/// for the caller to retry. Throws db::Conflict when somebody else purged meanwhile.
AuditPurge purge_audit(Context& context, Time cut, int most);

}  // namespace pwreset
