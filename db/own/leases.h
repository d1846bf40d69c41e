// "Only one of us": named leases, as rows, because GET_LOCK() is granted on two Galera nodes at once.
#pragma once

#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

/// Takes (or renews) the lease for `span`. Nothing when it is ours now; otherwise who holds it. A holder that died on
/// this host is passed over at once, any other when its time by the database's clock has run out.
std::optional<std::string> take_lease(Session& session, const std::string& app, const std::string& name,
                                      const std::string& owner, Seconds span);
/// Lets go of it; nothing happens when it is not ours any more.
void release_lease(Session& session, const std::string& app, const std::string& name, const std::string& owner);

/// Another way to be the only one, for as long as the open transaction lasts: locks the lease's row, which nobody owns.
/// Does not wait: false when somebody else has it. On Galera each node has locks of its own, so what is done under it
/// must be safe without it too. On SQLite the transaction itself is the lock.
bool lock_lease(Session& session, const std::string& app, const std::string& name);

}  // namespace pwreset::db
