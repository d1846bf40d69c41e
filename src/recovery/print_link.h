// A link that is shown to an operator instead of being mailed: for a caller who gets no mail. The account's stored
// address is told first, and there is none where that mail was not taken.
#pragma once

#include <cstdint>
#include <string>

#include "src/base/secret.h"
#include "src/context.h"
#include "src/recovery/issue.h"

namespace pwreset {

struct PrintedLink {
    IssueResult told;  ///< the mail to the account; `token_id` and `expires_at` are the link's
    Secret link;       ///< to be written to a terminal, and nowhere else
    int attempt = 0;   ///< of the delivery, which the token has too
};

/// Asks what issue() asks and voucher_for(), mails the stored address, and when the relay has taken that asks once more
/// and mints, with an entry of its own. `request` names one identity and has ticket and reason. Throws what refuses it;
/// Error UNAVAILABLE when the mail was not taken: then nothing is left in the queue.
PrintedLink print_link(Context& context, IssueRequest request);

/// The link could not be shown: it is void.
void take_back(Context& context, const PrintedLink& printed, const Grounds& grounds);

/// Lets another operator print a link for this account and ticket, once, within 24 hours. The account, and until when.
/// Throws Error FORBIDDEN where nobody has logged in, and as find_account() and require_printable() do.
struct Approval {
    std::string account;
    Time until;
};
Approval approve_link(Context& context, const std::string& identity, const Grounds& grounds);

}  // namespace pwreset
