// Checking a code that a caller reads out: counted before it is compared, good once.
#pragma once

#include <optional>
#include <string>

#include "src/base/secret.h"
#include "src/context.h"

namespace pwreset {

struct VerifyResult {
    std::string account;
    Time verified_until;  ///< how long the agent may rely on it
};

/// Wrong codes that end a code, and that end all codes of an account for a day.
constexpr int tries_per_code = 3;
constexpr int tries_per_account = 10;
constexpr Seconds wrong_codes_window{86400};

/// Checks and consumes the code that verifies a caller; `code` as the operator typed it. Throws Error INVALID_CODE when
/// it is wrong, RATE_LIMITED after ten wrong ones in 24 hours; audited either way.
VerifyResult verify_caller(Context& context, const std::string& identity, const Secret& code,
                           const std::optional<std::string>& ticket);

}  // namespace pwreset
