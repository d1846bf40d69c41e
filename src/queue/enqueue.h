// The only way into the queue, for one account and for a page of a thousand: limits, job, deliveries and audit rows,
// all in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/app/accounts.h"
#include "db/own/deliveries.h"
#include "db/own/jobs.h"
#include "src/audit/trail.h"
#include "src/base/lane.h"
#include "src/base/route.h"
#include "src/context.h"
#include "src/limits/limits.h"

namespace pwreset {

/// One account to be sent something, and what the audit trail says of it besides.
struct Queued {
    const db::AccountRow& account;  ///< must outlive the call
    Route route;
    std::optional<std::string> detail{};
};

/// A page of one job.
struct Page {
    db::JobRow job;
    std::int64_t job_id = 0;      ///< of an earlier page of the same job; 0: it is made now
    std::string action;           ///< for the audit trail
    std::vector<Limit> limits{};  ///< all of them are taken, or nothing happens; prepare() comes before the transaction
    bool hold = false;            ///< for this process, which will send it itself; otherwise for any worker
    Lane lane = Lane::agents;     ///< whose wait it is
    std::vector<Queued> rows{};
};

/// How long what is held waits for its process; afterwards any worker may send it.
constexpr Seconds hold_span{60};

/// To be called within a transaction, which the caller commits. The deliveries, in the order of `page.rows`, their
/// job's id among them. Throws Error RATE_LIMITED when a limit is used up.
std::vector<db::DeliveryRow> enqueue(Context& context, const Page& page);

}  // namespace pwreset
