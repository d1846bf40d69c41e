// What the columns that decide about accounts really hold, and how each value is read.
#pragma once

#include <span>
#include <string>

#include "db/app/accounts.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Looks at a bounded number of values of active, disabled and the roles.
Checks check_users_values(db::Session& session, const UsersConfig& users);

/// The values of `active`, or (`means_active` false) of `disabled`.
Check judge_states(const std::string& column, const db::Values& values, bool means_active,
                   const std::vector<std::string>& listed);
/// The values of each source of roles.
Checks judge_role_values(std::span<const db::Values> sources, const UsersConfig& users);
inline Checks judge_role_values(const db::Values& values, const UsersConfig& users) {
    return judge_role_values(std::span(&values, 1), users);
}

}  // namespace pwreset
