// Which roles an account has: a column, a table of roles with the one of their names, or flags; and the values there
// are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/app/account_row.h"
#include "db/app/key_form.h"
#include "db/app/users_table.h"
#include "db/session.h"

namespace pwreset::db {

using RolesByAccount = std::map<std::string, std::vector<StoredRole>>;

/// The columns of a table of roles.
struct RoleTypes {
    KeyForm user;  ///< of the reference to the account
    ColumnType role;
    ColumnType to{};                  ///< of what a source leads through to
    std::vector<ColumnType> flags{};  ///< of the table of names
};
/// The same with those of the tables behind it.
RoleTypes with_types_behind(Session& session, const RoleSource& source, RoleTypes types);

/// How several roles stand in one value of a source: by the configuration, else by the column's type.
std::string list_of(const RoleSource& source, const ColumnType& type);
/// The roles of a page of accounts, by one query. An account of which the column that names accounts there can hold no
/// key is not in the answer.
RolesByAccount roles_of(Session& session, const RoleSource& source, const RoleTypes& types,
                        const std::vector<std::string>& accounts);
/// The role that a flag gives: it protects when anything is set, and permits when that is a plain yes. Nothing when it
/// is not set.
std::optional<StoredRole> role_by_flag(const std::string& role, const std::optional<std::string>& value);

/// The lists of accounts that a setting holds; none where its table is not there, and need not be.
std::vector<std::string> lists_of_holders(Session& session, const RoleHolders& holders);
/// Whether a list names an account, whatever stands between the names in it; letters in any case.
bool names_holder(const RoleHolders& holders, const std::string& list, const std::string& name);

/// Values that a bounded look at a column found.
struct Values {
    std::vector<std::optional<std::string>> found{};  ///< each once, at most 200
    bool all = true;                                  ///< false: there are more, or no time to look at every row
    std::string list{};                               ///< of roles: how several stand in one value
    bool searched = false;                            ///< the words that were asked for were looked for in every row
};

/// The values of a table of roles; where there are too many, also those with one of these words in them.
Values role_values(Session& session, const RoleSource& source, const RoleTypes& types,
                   const std::vector<std::string>& words);
/// The same of a column of the users table; `type` is the column's.
Values column_values(Session& session, const UsersTable& names, const std::string& column, const ColumnType& type,
                     const std::vector<std::string>& words = {});

}  // namespace pwreset::db
