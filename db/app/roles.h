// A table of roles: a row for each role of an account, with the constants it must hold and the table of its names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/app/key_form.h"
#include "db/app/users_table.h"
#include "db/session.h"

namespace pwreset::db {

using RolesByAccount = std::map<std::string, std::vector<std::string>>;

/// The roles of a page of accounts, by one query; `type` is that of the column with the roles. An account of which the
/// column that names accounts there (`form`) can hold no key is not in the answer.
RolesByAccount roles_of(Session& session, const UsersTable& names, const KeyForm& form, const ColumnType& type,
                        const std::vector<std::string>& accounts);

/// Values that a bounded look at a column found.
struct Values {
    std::vector<std::optional<std::string>> found{};  ///< each once, at most 200
    bool all = true;                                  ///< false: there are more, or no time to look at every row
    std::string list{};                               ///< of roles: how several stand in one value
    bool searched = false;                            ///< the words that were asked for were looked for in every row
};

/// The values of the table of roles; where there are too many, also those with one of these words in them.
Values role_values(Session& session, const UsersTable& names, const ColumnType& type,
                   const std::vector<std::string>& words);
/// The same of a column of the users table; `type` is the column's.
Values column_values(Session& session, const UsersTable& names, const std::string& column, const ColumnType& type,
                     const std::vector<std::string>& words = {});

}  // namespace pwreset::db
