// Tokens that the application itself issued and holds now, as its tables tell: our ledger knows nothing of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/base/time.h"
#include "src/context.h"

namespace pwreset {

struct ApplicationToken {
    std::string account;
    std::optional<Time> issued, expires;  ///< by the application's own clock; without an end it is good for ever
};

/// Those of these accounts; none where the application keeps its tokens in our tables or nowhere. Whether they were
/// mailed is not known.
std::vector<ApplicationToken> application_tokens(Context& context, const std::vector<std::string>& accounts);
/// How many of them would still be taken, of one account.
std::int64_t live_application_tokens(Context& context, const std::string& account);
/// Takes those away, within a transaction of the caller's, where the application holds them and knows a way; how many.
std::int64_t end_application_tokens(Context& context, const std::string& account);

}  // namespace pwreset
