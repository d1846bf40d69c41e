// Whole transactions again, until they go through.
#pragma once

#include <functional>

#include "db/session.h"

namespace pwreset::db {

/// Runs `body` (one whole Transaction) until it goes through: at most 8 times on a conflict, with growing random
/// pauses, and again on a new connection when the old one was lost before the commit. When it was lost during the
/// commit, `committed` (may be empty) is asked on a new connection what became of it; without an answer: Error
/// OUTCOME_UNKNOWN.
void retrying(Session& session, const std::function<void()>& body, const std::function<bool()>& committed = {});

}  // namespace pwreset::db
