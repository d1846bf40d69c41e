// The budget of jobs over many accounts, which take no account's and no operator's.
#pragma once

#include <cstdint>
#include <optional>

#include "src/context.h"

namespace pwreset {

/// How many may be queued now, at most `wanted`; where it is none, until when. Nothing is taken.
struct BudgetLeft {
    std::int64_t count = 0;
    std::optional<Time> until{};
};
BudgetLeft job_budget_left(Context& context, std::int64_t wanted);
/// Makes sure that the counter exists; before the transaction.
void prepare_job_budget(Context& context);
/// Takes so many inside the caller's transaction. False when somebody else took them meanwhile: then none was taken.
bool take_job_budget(Context& context, std::int64_t count);

/// The share of accounts that one operator, by name and by who logged in, has in jobs that nobody approved. Whether a
/// job over so many may fit into it at all; makes sure that the counters exist.
bool prepare_unapproved(Context& context, std::int64_t count);
/// Takes so many inside the caller's transaction. False where they are not left: then it is to be rolled back.
bool take_unapproved(Context& context, std::int64_t count);

}  // namespace pwreset
