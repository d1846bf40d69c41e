// The names of the application's tables, as its configuration gives them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "db/app/column_type.h"
#include "src/base/users_column.h"

namespace pwreset::db {

/// Names in the application's schema, validated as identifiers; empty = there is no such column or table.
struct UsersTable {
    std::string table, id, email, phone, login, password, locale, active, disabled;
    std::string role_column;                                      ///< of the users table, or
    std::string role_table, role_user, role_role;                 ///< of a table of roles
    std::vector<std::pair<std::string, std::string>> role_where;  ///< columns of that with the constants they must hold
    std::string names_table, names_id, names_name;                ///< where the roles there are keys of names
    std::string role_list;                   ///< how several roles stand in one value; empty = by the column's type
    std::string id_type;                     ///< how the key's bytes read as text; empty = by the column's type
    std::string scope_column, scope_value;   ///< whose rows of a shared table are meant
    std::vector<std::string> active_values;  ///< of `active`; empty = the usual words, flags and times
    ColumnType scope_type{};                 ///< as the server says it: filled in by Accounts

    /// Its name in the table; empty for one that is not there, or not read with the accounts.
    const std::string& name(UsersColumn column) const;
};

}  // namespace pwreset::db
