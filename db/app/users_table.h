// The names of the application's tables, as its configuration gives them.
#pragma once

#include <string>
#include <vector>

#include "db/app/account_source.h"
#include "db/app/column_type.h"

namespace pwreset::db {

/// Names in the application's schema, validated as identifiers; empty = there is no such column or table.
struct UsersTable {
    std::string table, id, email, phone, login, password, locale, active, disabled;
    std::string created_at, last_login, password_changed_at;
    OtherTables elsewhere;                   ///< which of those are columns of other tables
    std::vector<RoleSource> roles;           ///< each adds to the others
    std::vector<Condition> refuse;           ///< what keeps an account from being reset
    std::vector<Condition> blocked_by;       ///< what keeps its owner from signing in
    std::string id_type;                     ///< how the key's bytes read as text; empty = by the column's type
    bool kept_unique = false;                ///< the application keeps the key unique in its scope, not the schema
    std::string scope_column, scope_value;   ///< whose rows of a shared table are meant
    std::vector<std::string> active_values;  ///< of `active`; empty = the usual words, flags and times
    ColumnType scope_type{};                 ///< as the server says it: filled in by Accounts

    /// Its one name, in the users table or elsewhere; empty for one that is not there, or has several.
    const std::string& name(UsersColumn column) const;
    /// Its names in the users table; none for one that is not there, stands elsewhere, or is not read with the
    /// accounts.
    std::vector<std::string> names(UsersColumn column) const;
    /// The table of an account's values of it; null where that is the users table.
    const OtherTable* other_table(UsersColumn column) const;
};

}  // namespace pwreset::db
