// The database server: reachable, of a release we know, encrypted, writable, with a clock like ours.
#pragma once

#include <optional>

#include "db/inventory.h"
#include "src/base/env.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Opens `session` as the configuration says, and looks at the server. Throws Error where it cannot be opened.
Checks check_server(const Env& env, const DatabaseConfig& config, std::optional<db::Session>& session);

/// MariaDB from 10.6, MySQL from 8.0: older ones lack what the statements rely on.
Check judge_version(const std::string& version);
Check judge_encryption(const DatabaseConfig& config, const db::ServerFacts& facts);
/// What a proxy may have swallowed: each connection asks for UTC, strict mode and READ COMMITTED. With a binary log of
/// statements that is REPEATABLE READ, which works, and is a problem.
Check judge_settings(const db::ServerFacts& facts);
/// What the server allows a statement, in time and length; nothing where it is enough.
Checks judge_limits(const db::ServerFacts& facts);
/// The database's clock against the host's just before and just after: beyond 5 s a warning, beyond 60 s a problem,
/// since a code lives five minutes.
Check judge_clock(Time before, Time database, Time after);
/// An address or name of this host itself.
bool is_loopback(const std::string& host);

}  // namespace pwreset
