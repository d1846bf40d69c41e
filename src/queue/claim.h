// Claiming: from rows of the queue to minted tokens, in one transaction. The only place where a token is issued.
#pragma once

#include <string>
#include <vector>

#include "src/context.h"
#include "src/queue/outgoing.h"

namespace pwreset {

/// What a claim came to.
struct Claimed {
    std::vector<Outgoing> out;
    std::int64_t dropped = 0;            ///< refused, superseded, or done already
    std::vector<std::string> refused{};  ///< accounts that may not be reset any more
};

/// How long a claim is ours if this host falls silent.
constexpr Seconds lease_span{60};

/// Claims those of the rows that nobody else has, asks policy again on each account as it is now, makes its older
/// tokens void and stores the digest of a new one. To be called only when what sends them is open.
Claimed claim_and_mint(Context& context, const std::string& owner, const std::vector<db::DeliveryRow>& rows);

/// The link of an account that is printed, not mailed: `told` is the delivery (link_printed) whose mail the relay has
/// taken. To be called within a transaction, which the caller commits, after asking whether it may be. Makes older ones
/// void as a claim does; lives no longer than printed_lifetime().
Outgoing mint_printed(Context& context, const db::DeliveryRow& told, const db::AccountRow& account, Time now);

}  // namespace pwreset
