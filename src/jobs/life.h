// The life of a job over many accounts: made, started, approved, paused, resumed, cancelled. Each step has its entry in
// the audit trail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/own/bulk_jobs.h"
#include "src/context.h"
#include "src/jobs/plan.h"

namespace pwreset {

/// How long a job waits for the approval of a second operator.
constexpr Seconds approval_span{24L * 3600};

/// Makes a job of which nothing happens before start(); its id.
std::int64_t prepare_job(Context& context, const BulkRequest& request, const std::optional<std::string>& filters = {});
/// Takes back what was prepared: the operator did not want it, or the plan could not be made.
void discard_job(Context& context, std::int64_t job, const std::string& why);
/// Starts it; or, where it does not fit into its operator's share of accounts that nobody approved, lets it wait for an
/// approval. Throws Error FORBIDDEN where nobody could tell that a second operator is one, since nobody has logged in.
db::BulkJob start_job(Context& context, std::int64_t job, const BulkRequest& request, const Plan& plan);

/// Throws Error NOT_FOUND.
db::BulkJob find_job(Context& context, std::int64_t job);
/// Each throws Error FORBIDDEN for a job that is in no state for it, with the state. What of it is in the queue already
/// is sent after pause_job(), and not after cancel_job(), which says how many that were.
void pause_job(Context& context, std::int64_t job, const Grounds& grounds);
void resume_job(Context& context, std::int64_t job, const Grounds& grounds);
std::int64_t cancel_job(Context& context, std::int64_t job, const Grounds& grounds);
/// By another operator with another login than who made it, within a day. Throws Error FORBIDDEN.
void approve_job(Context& context, std::int64_t job, std::int64_t expected, const Grounds& grounds);
/// Ends a job of which nothing is left. False when it was not running.
bool finish_job(Context& context, const db::BulkJob& job);

}  // namespace pwreset
