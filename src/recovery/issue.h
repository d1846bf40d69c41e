// Issuing: from an identity to a delivery that was sent or waits in the queue. One way, for every command that issues.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/account/route.h"
#include "src/base/budget.h"
#include "src/base/error.h"
#include "src/base/grounds.h"
#include "src/context.h"

namespace pwreset {

/// What was asked for, by one invocation.
struct IssueRequest {
    std::string command;  ///< "request", "send-otp": for the job and the audit trail
    std::vector<std::string> identities;
    RouteWish wish;
    Budget budget = Budget::agents;  ///< which overall limit it takes
    bool queue = false;              ///< leave the sending to `deliver`
    bool dry_run = false;            ///< look everything up, refuse what would be refused, change nothing
    bool override_limits = false;
    bool override_protected = false;  ///< a privileged operator, with ticket and reason
    Grounds grounds;
    std::optional<std::string> locale;
};

/// What became of one identity.
struct IssueResult {
    std::string identity;          ///< as typed
    std::optional<Error> failure;  ///< why nothing was issued; then most of the rest is empty
    std::string account;
    Kind kind = Kind::link;
    Channel channel = Channel::email;
    std::string recipient;  ///< masked
    std::int64_t delivery_id = 0;
    std::string delivery;  ///< accepted, queued, uncertain, failed; "would be sent" with dry_run
    std::optional<std::string> relay;
    std::optional<std::string> answer;
    std::optional<Time> next_try;
    std::optional<std::int64_t> superseded_by;
    std::optional<std::int64_t> token_id;
    std::optional<Time> expires_at;
    std::string subject;  ///< of the mail that was sent
    std::string warning;  ///< why it is only queued, or in doubt
};

/// Finds each account, asks policy and limits, queues, and (unless `queue`) sends. Refusals are results, and audited;
/// an Error is thrown only for what concerns all of them (the database, a signal, the configuration).
std::vector<IssueResult> issue(Context& context, const IssueRequest& request);

}  // namespace pwreset
