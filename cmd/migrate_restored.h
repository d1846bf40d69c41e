// 'migrate --restored': what it does, and how that is told.
#pragma once

#include "cmd/command.h"
#include "src/restoring/restore.h"

namespace pwreset {

/// After a restore: ends what the tables say of the time since, and lets issuing go on; in a dry run only counts.
/// Throws Error USAGE where nothing tells of a restore and --yes was not given.
Restored run_restored(Stage& stage, db::Session& session);

Json json_of(const Restored& restored);
/// For people.
void print_restored(Stage& stage, const Restored& restored);
/// The rows of `migrate` for programs: what, step, name, purpose, rows, done.
void list_restored(Listing& listing, const Restored& restored, bool done);

}  // namespace pwreset
