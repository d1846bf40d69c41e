// A job worked off by the process that was asked for it: pages released and sent, by the same code as `deliver`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "db/own/bulk_jobs.h"
#include "src/base/error.h"
#include "src/context.h"

namespace pwreset {

/// How it ended.
struct JobRun {
    db::BulkJob job;
    std::optional<Time> goes_on{};     ///< what is left is released from then on, by whoever works then
    std::optional<Error> hindrance{};  ///< a relay that is away: what is queued waits for it
};

/// Told how many accounts were done, and of how many.
using JobProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Releases pages and sends them until nothing is left, the job was paused or cancelled, or what is left has to wait
/// for more than some seconds. After a signal the job is paused: Error INTERRUPTED, which says what is done and how it
/// goes on.
JobRun run_job(Context& context, std::int64_t job, const JobProgress& progress);

}  // namespace pwreset
