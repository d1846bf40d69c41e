// The columns that [users] and [temporary_password] name, in the users table and in others: what is read of them, and
// what is never written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/users_column.h"
#include "src/config/temporary_password.h"
#include "src/config/users.h"

namespace pwreset {

/// A column that is there, by its name in the application's schema.
struct NamedColumn {
    const UsersColumnFacts* facts;
    std::string name;
};

/// The columns of the users table that [users] names, in the order of the table.
std::vector<NamedColumn> columns_of(const UsersConfig& users);
/// Those that [temporary_password] names, in the table that holds the password.
std::vector<NamedColumn> columns_of(const TemporaryPasswordConfig& passwords);
/// The columns of the users table that are read, each once: what the login at the database needs SELECT on. `selected`:
/// those instead by which many accounts are chosen, which not every login need read.
std::vector<std::string> columns_read(const UsersConfig& users, bool selected = false);

/// A column of another table, and the key of the configuration that names it.
struct ColumnByKey {
    std::string name;
    std::string key;
};
/// Another table that accounts are read from; a table that is named twice is there twice.
struct TableRead {
    UsersColumn fact;  ///< what is read of it
    std::string key;   ///< of the configuration: "users.email"
    std::string table;
    std::string user;                  ///< its column that names the account; empty for the names of roles
    std::vector<ColumnByKey> columns;  ///< all that are read, that one among them
    Constants where;
    bool optional = false;  ///< it need not be there
};
/// In the order of the facts.
std::vector<TableRead> tables_read(const UsersConfig& users);
/// The same of the table that [temporary_password] names for the demand for a new password; nothing where that is a
/// column beside the password.
std::optional<TableRead> table_of_demand(const TemporaryPasswordConfig& passwords);
/// The table whose rows hold the passwords: the users table, or another.
const std::string& table_of_passwords(const UsersConfig& users);

/// The name of a table without its schema, in lower case.
std::string bare_table(const std::string& table);
/// The columns of a table, in lower case, that say who an account is, whose it is, what it may, or whether it may be
/// reset: nothing is ever written there.
std::vector<std::string> columns_kept(const UsersConfig& users, const std::string& table);
/// Whether rows of a table with these constants may be among those that accounts are read from: they are never deleted.
bool keeps_rows(const UsersConfig& users, const std::string& table, const Constants& where = {});
/// Whether a name is one of those that second factors, or what belongs to them, are known by.
bool is_known_second_factor(std::string_view column);

}  // namespace pwreset
