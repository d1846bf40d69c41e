// A closer look at the accounts, which takes longer: identities that only differ in their writing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/app/collisions.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Looks at the identities of all accounts, for 10 s of the server's time at most each look. They are told masked.
Checks check_accounts(db::Session& session, const Config& config);

/// What was found of one column; nothing: this server cannot tell.
struct CollisionsFound {
    std::string key;        ///< of the configuration: "users.email"
    std::string collation;  ///< of the column; empty = it compares bytes, or none is known
    std::optional<db::Collisions> by_case, by_collation, by_unicode;
};
Checks judge_collisions(const CollisionsFound& found);
/// Numbers that are the same in E.164, whatever they look like.
Check judge_numbers(const std::vector<db::StoredNumber>& numbers, const UsersConfig& users);

}  // namespace pwreset
