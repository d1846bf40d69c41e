// Whole transactions again, until they go through.
#pragma once

#include <chrono>
#include <functional>

#include "db/session.h"

namespace pwreset::db {

/// How long and how often a transaction is tried: to wait for a lock that somebody holds is no use to a caller who
/// waits.
struct Patience {
    int tries = 8;
    std::chrono::seconds span{10};
};

/// Runs `body` (one whole Transaction) until it goes through: on a conflict again, with growing random pauses, as long
/// as there is patience; what waits for locks meanwhile waits no longer than that, and a second where it has just been
/// waited in vain. Again on a new connection when the old one was lost before the commit, and when the server takes no
/// writes but another host may (there is none: Error CONFIG). When the connection was lost during the commit,
/// `committed` (may be empty) is asked on a new one what became of it; without an answer: Error OUTCOME_UNKNOWN.
void retrying(Session& session, const std::function<void()>& body, const std::function<bool()>& committed = {},
              Patience patience = {});

}  // namespace pwreset::db
