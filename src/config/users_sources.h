// The values of [users] that are more than a name: id, scope, active, role, columns of other tables, conditions.
#pragma once

#include <string_view>

#include "src/config/users.h"
#include "src/toml/reader.h"

namespace pwreset {

/// Reads users.id, users.scope and users.active into `users`. Throws Error CONFIG, as the others do.
void read_users_sources(const ConfigText& text, const Section& section, UsersConfig& users);
/// Reads a column that may be one of another table: users.email, users.phone, users.login, users.password.
void read_users_column(const Section& section, UsersColumn column, std::string& name, const char* fallback,
                       UsersConfig& users);
/// Reads a column of times, with its zone where it is one of its own: users.created_at and its neighbours.
void read_users_time(const Section& section, UsersColumn column, std::string& name, UsersConfig& users);
/// Reads users.role: a column, a table of another, or a list of such. Behind users.scope, as the others here.
void read_roles(const Section& section, UsersConfig& users);
/// Reads the list of conditions under a key; `words` is the key by which each says what it means.
std::vector<Condition> read_conditions(const Section& section, std::string_view key, std::string_view words,
                                       const UsersConfig& users);

/// Reads `table`, `user` and `where` of a value that stands in the rows of another table.
OtherTable read_other_table(const Section& section, const std::string& hint, const UsersConfig& users);
/// Reads columns with the constant that each must hold.
Constants read_constants(const Section& section, std::string_view key, const std::string& hint);

}  // namespace pwreset
