// Taking back: live tokens made void, queued deliveries cancelled, in one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/base/error.h"
#include "src/base/grounds.h"
#include "src/context.h"

namespace pwreset {

struct RevokeResult {
    std::string target;                    ///< as typed, or "all"
    std::optional<std::string> account{};  ///< whose it is, where the target does not tell
    std::int64_t tokens = 0;  ///< those that the application itself issued among them, as far as its tables hold them
    std::int64_t deliveries = 0;
    std::int64_t passwords = 0;  ///< temporary ones that stood in the users table
    std::int64_t beyond = 0;     ///< links that the application knows no way to end
    bool moved = false;          ///< what all links of the account depend on was moved, so those of nobody's list too
    std::optional<Time> until;   ///< when the last of those ends
    std::optional<Error> failure;
};

/// Revokes what one identity or `ref:7K3Q-M2` names; `dry_run` only counts. Of an identity what the application itself
/// issued, too. A temporary password that the account still has does not work any more afterwards. Nothing to revoke is
/// NOT_FOUND.
RevokeResult revoke(Context& context, const std::string& target, const Grounds& grounds, bool dry_run);
/// How many live tokens and open deliveries the application has.
RevokeResult count_all(Context& context);
/// Revokes all of them in short transactions. Throws Error USAGE, having done nothing, when there are not exactly
/// `expected` live tokens and open deliveries; Error INTERRUPTED after a signal, with what was done.
RevokeResult revoke_all(Context& context, std::int64_t expected, const Grounds& grounds);

}  // namespace pwreset
