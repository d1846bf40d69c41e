// The five lines of the nightly mail, and the same for programs.
#pragma once

#include "cmd/command.h"
#include "src/upkeep/digest.h"
#include "src/upkeep/purge.h"

namespace pwreset {

/// Purged, backlog, failures, alarms, audit head: a line each.
void print_digest(Stage& stage, const PurgeResult& purged, const Digest& digest);
/// All but the first of them.
Json json_of(const Digest& digest);

}  // namespace pwreset
