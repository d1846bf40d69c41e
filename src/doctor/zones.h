// The zones that times are kept in, and when their clocks change: of the server, of our session, of the application.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "db/session.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Looks at the zones of server, session and, where it is known, application ("" = not). Nothing on SQLite.
Checks check_zones(db::Session& session, const std::string& application_zone);

/// How far clocks are ahead of UTC at a moment; nothing for one that is not known.
using OffsetAt = std::function<std::optional<Seconds>(Time)>;
/// "+01:00 now, +02:00 from 2027-03-28T01:00:00Z", or "+03:30 now and for a year"; empty where the offset is not known.
std::string zone_in_words(const OffsetAt& offset_at, Time now);

}  // namespace pwreset
