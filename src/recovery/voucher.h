// Who stands for it that a link may be shown to an operator: the caller, who has read out a code, or a second operator.
#pragma once

#include <string>

#include "db/app/accounts.h"
#include "src/base/grounds.h"
#include "src/base/time.h"
#include "src/context.h"

namespace pwreset {

/// How long the code that a caller has read out stands for him.
constexpr Seconds verified_span{15 * 60};
/// How long a second operator's word stands; for one link.
constexpr Seconds approved_span{24L * 3600};

constexpr const char* verify_action = "verify-otp";
constexpr const char* approve_action = "approve-link";
constexpr const char* print_action = "print-link";

/// Refuses where no link of this account may ever be shown: it is protected, whatever is overridden, or has a second
/// factor, or nobody can tell whether it has one. Throws Error PROTECTED_ACCOUNT or FORBIDDEN.
void require_printable(const Context& context, const db::AccountRow& account);

/// Refuses as require_printable(), and where nobody vouches: neither the caller, by a code that was verified for this
/// account and ticket in the last 15 minutes, nor another operator with another login uid, who approved it for this
/// account and ticket in the last 24 hours, since when none was printed. Read from genuine entries of the audit trail
/// alone. Who it is, for the entry of the link: "caller verified", "approved by eve".
std::string voucher_for(Context& context, const db::AccountRow& account, const Grounds& grounds);

}  // namespace pwreset
