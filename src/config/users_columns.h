// The columns of the users table by the names that a configuration gives them.
#pragma once

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

/// The columns that [users] names, in the order of the table.
std::vector<NamedColumn> columns_of(const UsersConfig& users);
/// Those that [temporary_password] names.
std::vector<NamedColumn> columns_of(const TemporaryPasswordConfig& passwords);
/// The columns that are read, each once: what the login at the database needs SELECT on.
std::vector<std::string> columns_read(const UsersConfig& users);
/// Whether a name is one of those that second factors, or what belongs to them, are known by.
bool is_known_second_factor(std::string_view column);

}  // namespace pwreset
