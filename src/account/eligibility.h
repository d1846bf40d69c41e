// May this account be sent this kind of token? Asked when a request is queued, and again when the token is minted.
#pragma once

#include <optional>
#include <string>

#include "db/app/accounts.h"
#include "src/account/route.h"
#include "src/base/error.h"
#include "src/config/config.h"

namespace pwreset {

/// Why not.
struct Refusal {
    std::string reason;  ///< a word for the delivery and the audit trail: "disabled", "protected" …
    Error error;         ///< what the operator is told
};

/// Whether one of its roles is `protected`.
bool is_protected(const db::AccountRow& account, const UsersConfig& users);
/// Nothing when it may. A code that verifies a caller changes nothing, so its account needs a place to send it to, and
/// no more than to be enabled; that its password was changed is told to every account with an address.
/// `override_protected`: a privileged operator said that a protected one may, too.
std::optional<Refusal> refusal(const db::AccountRow& account, const Config& config, const Route& route,
                               bool override_protected = false);

}  // namespace pwreset
