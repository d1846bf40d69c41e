// Whether a temporary password could be stored, asked before there is one: of the columns as they are declared, and of
// the statements with a condition that no row meets. What only a row can tell is tried for each mail before it leaves.
#pragma once

#include "src/config/config.h"
#include "src/doctor/check.h"
#include "src/doctor/users_table.h"

namespace pwreset {

/// Whether the columns that [temporary_password] names take what is written there; `demand` is the table with the
/// demand for a new password. Nothing where they do.
Checks judge_written_columns(const TemporaryPasswordConfig& config, const TableDescription& users,
                             const TableDescription& demand);
/// Whether the tables know transactions, and this login may run the statements. Nothing where both is so.
Checks check_password_store(db::Session& session, const Config& config);

}  // namespace pwreset
