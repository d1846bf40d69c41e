// Jobs as cursors: the next page of a job enters the queue when there is room, its time has come, and its rate and the
// budget allow it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "src/base/lane.h"
#include "src/base/time.h"
#include "src/context.h"

namespace pwreset {

/// Accounts that enter the queue together.
constexpr int largest_page = 1000;

/// Releases the next page of a running job, in one transaction: cursor, deliveries, what was refused or put off, and
/// the entries in the trail. False when there is nothing for now: it runs no more, waits for its time, its rate, the
/// budget or cooldowns, or has nothing left. A job of which nothing is left, in the queue either, is done.
bool release_page(Context& context, std::int64_t job);

/// When release_page() may have something again; nothing for a job that does not run, or waits only for what is in the
/// queue.
std::optional<Time> next_release(Context& context, std::int64_t job);

/// What a worker asks for more when its lane has room: one page of one of the jobs that run, by turns.
std::function<bool(Lane)> feed_from_jobs(Context& context);

}  // namespace pwreset
