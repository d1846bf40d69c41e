// Live tokens that nobody would issue any more: of an account that is disabled or protected by now, or whose address is
// another one than the mail went to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/context.h"

namespace pwreset {

/// Ends those of an account, or of the whole application, in transactions of its own, each with a row in the trail; how
/// many. A link that the application knows no way to end stays as it is, and one that was asked for in spite of the
/// account's protection is not ended by that. Throws what the application's tables refuse.
std::int64_t end_forfeited(Context& context, const std::optional<std::string>& account);

}  // namespace pwreset
