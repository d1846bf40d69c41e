// What one role, with a login of its own at the database, needs there: of the application's tables by the configuration
// and its profile, of pwreset's own by the files of packaging/grants, which are built in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/apps/profile.h"
#include "src/doctor/rights.h"

namespace pwreset {

/// "deliver", "issue", "list" …: those with a login of their own.
std::vector<std::string> roles_with_logins();

/// What a role needs; an empty one stands for one login of all commands but 'migrate'.
RightsNeeded rights_of_role(const Config& config, const Profile& profile, std::string_view role);

}  // namespace pwreset
