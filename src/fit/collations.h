// How the columns that a profile writes compare texts, and which letters they hold: what no statement refuses, and yet
// goes wrong for some account.
#pragma once

#include "src/apps/profile.h"
#include "src/doctor/check.h"
#include "src/doctor/users_table.h"

namespace pwreset {

/// The columns of [reset.store] in `table`, against those of the users table that their values come from. Nothing on
/// SQLite, whose columns tell no collation.
Checks judge_collations(const UsersConfig& config, const ResetStore& store, const TableDescription& table,
                        const TableDescription& users);

}  // namespace pwreset
