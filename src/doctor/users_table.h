// The application's users table against [users]: are the columns there, is each look-up quick, what is taken for equal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/inventory.h"
#include "src/config/config.h"
#include "src/config/users_columns.h"
#include "src/doctor/check.h"

namespace pwreset {

/// A table as the database describes it.
struct TableDescription {
    std::string schema;  ///< empty on SQLite
    std::string name;
    std::optional<db::TableFacts> facts;  ///< nothing: it is not there, or closed to our login
    std::vector<db::ColumnFacts> columns;
    std::vector<db::IndexFacts> indexes;
    std::vector<std::string> neighbours;  ///< the other tables of the schema, when it is not there
    std::string key_fault{};              ///< why its key can be none, in the words of who looks accounts up
};

/// What the database says of a table: "schema.table", or one of the application's schema.
TableDescription describe_table(db::Session& session, const DatabaseConfig& config, const std::string& name);

/// Looks at the users table, and at the other tables that accounts are read from.
Checks check_users(db::Session& session, const Config& config);

/// Whether phone numbers can be read at all, and [users] phone_region is a country. Nothing without phone numbers.
Checks check_phone_numbers(const UsersConfig& config);
/// The users table, and what [users] names of it.
Checks judge_users(const UsersConfig& config, const TableDescription& table);
/// Another table that accounts are read from, and what [users] names of it.
Checks judge_other_table(const TableRead& read, const TableDescription& table);

/// What [temporary_password] names of the table with the passwords and of the tables of sessions, in their order, and
/// the format of the recent hashes, newest first.
Checks judge_temporary_passwords(const TemporaryPasswordConfig& config, const TableDescription& users,
                                 const std::vector<TableDescription>& sessions, const std::vector<std::string>& hashes);

}  // namespace pwreset
