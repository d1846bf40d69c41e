// The application's live tables against its profile: are the columns there, do they hold what would be written, can it
// be read back.
#pragma once

#include <string>

#include "src/apps/profile.h"
#include "src/doctor/check.h"
#include "src/doctor/users_table.h"

namespace pwreset {

/// Looks at every table that the profile names, at its secrets and its zone. Writes nothing.
Checks check_profile_tables(db::Session& session, const Config& config, const Profile& profile);

/// The columns that tokens are kept in, of the table that holds them.
Checks judge_reset_store(const ResetStore& store, const TableDescription& table);
/// Columns beside the password that hold a temporary one, and those that expressions read.
Checks judge_users_columns(const Profile& profile, const TableDescription& users);

}  // namespace pwreset
