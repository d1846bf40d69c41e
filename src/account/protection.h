// A protection that protects nobody is a fault of the configuration: no account has the role, or it is stored in
// another form than was thought.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "db/app/accounts.h"
#include "src/config/config.h"

namespace pwreset {

struct Protection {
    std::vector<std::string> idle;   ///< words of `protected` that no account's role matches
    std::vector<std::string> found;  ///< roles that there are, as they are stored: some of them
    bool known = false;              ///< every row was looked at, and there is an account
    bool is_void = false;            ///< there are roles, and none of the words is among them
};

/// What the values that are there mean for `protected`: those of each source of roles. Pure.
Protection protection_by(std::span<const db::Values> sources, const UsersConfig& users);
inline Protection protection_by(const db::Values& values, const UsersConfig& users) {
    return protection_by(std::span(&values, 1), users);
}
/// "no account has the role 'administrator'; found are 'admin', 'user'", or nothing: there is a bounded look behind it.
std::string void_protection(db::Accounts& accounts, const UsersConfig& users);
/// The same words for some of the roles.
std::string told(const Protection& protection);

}  // namespace pwreset
