// May this account be sent this kind of token? Asked when a request is queued, and again when the token is minted.
#pragma once

#include <optional>
#include <string>

#include "db/accounts.h"
#include "src/base/error.h"
#include "src/config.h"
#include "src/token/kind.h"

namespace pwreset {

/// Why not.
struct Refusal {
    std::string reason;  ///< a word for the delivery and the audit trail: "disabled", "protected" …
    Error error;         ///< what the operator is told
};

/// Nothing when it may. A code that verifies a caller changes nothing, so only a disabled account is refused one.
std::optional<Refusal> refusal(const db::AccountRow& account, const UsersConfig& users, Kind kind);

}  // namespace pwreset
