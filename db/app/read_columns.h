// Further columns of the users row, which only a profile names: the last sign-in, in most of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/app/key_form.h"
#include "db/app/users_table.h"
#include "db/session.h"

namespace pwreset::db {

using ReadCells = std::vector<std::optional<std::string>>;

/// These columns of a page of accounts, by key, each account's in one look: what was changed meanwhile is changed in
/// all of them. A moment (TIMESTAMP) is told as UTC; other times as they stand there.
std::map<std::string, ReadCells> read_columns(Session& session, const UsersTable& users, const KeyForm& key,
                                              const std::vector<std::string>& columns,
                                              const std::vector<std::string>& accounts);

/// Rows of another table that name accounts by their key.
struct RowsOfAccounts {
    std::string table, user, column;
    std::vector<std::pair<std::string, std::string>> where;
};
/// What a column holds in those rows, NULL left out, of a page of accounts by key.
std::map<std::string, std::vector<std::string>> read_rows(Session& session, const RowsOfAccounts& rows,
                                                          const KeyForm& key, const std::vector<std::string>& accounts);

/// The value of a column in the row of a table that holds these constants; nothing when there is no row, or more than
/// one: a secret that the application keeps in its own settings.
std::optional<std::string> setting(Session& session, const std::string& table, const std::string& column,
                                   const std::vector<std::pair<std::string, std::string>>& where);

}  // namespace pwreset::db
