// Time zones as the server reckons with them: what a bare DATETIME of the application's may be in.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

/// The zones of the server. MySQL and MariaDB only.
struct ServerZones {
    std::string global;   ///< what a session has that sets none: "SYSTEM", "+00:00", "Europe/Berlin"
    std::string system;   ///< what SYSTEM stands for: "CET"
    std::string session;  ///< of this one
};
ServerZones server_zones(Session& session);

/// How far a zone's clocks are ahead of UTC at a moment, to the server; nothing for one that it does not know.
std::optional<Seconds> zone_offset(Session& session, const std::string& zone, Time at);

}  // namespace pwreset::db
