// Deleting what nobody needs any more, beside a running application: short batches, one purge at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/context.h"

namespace pwreset {

struct PurgeRequest {
    std::optional<Seconds> older_than;  ///< in the place of the tokens' retention
    std::optional<Seconds> max_time;    ///< stop after that, cleanly
    bool dry_run = false;               ///< count only
};

/// What is past its retention, and stays: something that the site has added to the tables keeps it.
struct Kept {
    std::string table;  ///< as in `deleted`, or "codes", "passwords", "links" (ended ones in the application's tables)
    std::int64_t rows = 0;  ///< 0 where they were not told apart
    bool more = false;      ///< so many that not all were looked at
    std::string message;    ///< of the refusal that was met last
    std::string hint;
};

/// "tokens (1 row): a foreign key of table 'shop.tickets' keeps a row".
std::string in_words(const Kept& kept);

struct PurgeResult {
    bool busy = false;     ///< another purge holds the lease: nothing was done, and that is fine
    bool complete = true;  ///< false when --max-time came first
    std::int64_t codes_erased = 0;
    std::int64_t passwords_voided = 0;  ///< temporary ones whose time was past
    std::int64_t links_removed = 0;     ///< ended ones that the application's tables still held
    std::int64_t forfeited = 0;         ///< live tokens of accounts that may not be reset any more, or have moved
    std::int64_t audit_faults = 0;      ///< things that were wrong with the audit rows that went
    std::vector<std::pair<std::string, std::int64_t>> deleted;  ///< by table, in the order they were purged
    std::vector<Kept> kept{};
};

/// Makes temporary passwords void whose time is past, takes ended links out of the application's tables, purges the
/// rows of its tokens that are past the retention of tokens by its own clock, our tokens, deliveries, jobs, limits and
/// sealed audit rows past their retention and erases the MACs of codes that ended. `on_progress` is told what is being
/// purged and how many rows went. What a foreign key, a trigger or a rule of the site's keeps is left out, and told in
/// the result; the rest goes. Throws Error INTERRUPTED after a signal, with what was done: every batch is a transaction
/// of its own.
PurgeResult purge(Context& context, const PurgeRequest& request,
                  const std::function<void(const std::string&, std::int64_t)>& on_progress);

}  // namespace pwreset
