// Freezing: nothing is issued or sent, by whomever and on whatever host, until it is lifted. What takes back, explains
// and records goes on.
#pragma once

#include <optional>
#include <string>

#include "db/session.h"
#include "src/base/error.h"
#include "src/base/grounds.h"
#include "src/context.h"

namespace pwreset {

/// Why nothing is issued: FORBIDDEN, with since when, by whom and for what reason. Nothing when it is not frozen.
std::optional<Error> why_frozen(db::Session& session, const std::string& app);
/// What every command asks first that issues or sends: throws that Error.
void require_unfrozen(Context& context);

/// Freezes and records it, in one transaction. Messages that a worker has in hand leave yet, within seconds. False,
/// with a row in the trail all the same, when it was frozen already.
bool freeze(Context& context, const Grounds& grounds);
/// The reverse. What waited in the queue is due at once. False when it was not frozen.
bool unfreeze(Context& context, const Grounds& grounds);

}  // namespace pwreset
