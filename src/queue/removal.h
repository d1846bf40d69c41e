// What the ledger has ended is taken out of the application's tables: a value that still is the one we wrote, and no
// other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/base/error.h"
#include "src/context.h"

namespace pwreset {

/// Whether links of many accounts can be ended without writing their rows for anything but that.
bool ends_links(const Context& context);
/// Why no link is to be made where the application knows no end of them: nothing has ended any within the lifetime of a
/// link. Nothing elsewhere.
std::optional<Error> unswept(db::Session& session, const Config& config, const Profile& profile);
/// Within a transaction of the caller's: takes away what is due of an account, or of anybody, of at most `most` tokens;
/// how many values there were. Throws what the application's tables refuse.
std::int64_t remove_ended(Context& context, const std::optional<std::string>& account, int most);
/// The same of all that is due, in small transactions of its own; for timers and workers.
std::int64_t remove_all_ended(Context& context);

}  // namespace pwreset
