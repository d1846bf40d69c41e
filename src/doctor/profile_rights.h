// The rights that a profile's tables ask for, beside those of [users]: and all of them as statements.
#pragma once

#include <string>
#include <vector>

#include "src/apps/profile.h"
#include "src/doctor/rights.h"

namespace pwreset {

/// What the application's own tables of tokens, secrets and caches ask for, added to `needed`.
void add_profile_rights(const Config& config, const Profile& profile, RightsNeeded& needed);

/// All that is needed on one table, as a statement without a ';' at its end.
struct GrantStatement {
    std::string schema, table;
    std::string statement;
};
/// The least grants on these tables, each table once. `login` is written as it is.
std::vector<GrantStatement> grant_statements(const RightsNeeded& needed, const std::string& login);

}  // namespace pwreset
