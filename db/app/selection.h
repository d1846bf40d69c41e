// A walk over the accounts of the users table in the order of their keys, a page at a time: each key once, in constant
// memory, whatever comes and goes meanwhile. Accounts does it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/app/account_row.h"
#include "db/app/column_type.h"
#include "src/base/users_column.h"

namespace pwreset::db {

/// Which part of the walk is wanted, and of what.
struct Walk {
    std::string after{};                ///< the key behind which it begins; empty = at the first
    std::string upto{};                 ///< the last key; empty = to the end
    std::vector<UsersColumn> beside{};  ///< columns to read besides, each of which has a name in the users table
    std::size_t longest_key = 64;       ///< what is longer is passed over
};

struct WalkedAccount {
    AccountRow account;                              ///< without what other tables have of it
    std::vector<std::optional<std::string>> beside;  ///< in the order of the walk's
};

struct WalkedPage {
    std::vector<WalkedAccount> accounts;
    std::vector<ColumnType> types;  ///< of the columns besides
    std::string next;               ///< the key behind which the next page begins
    bool last = false;              ///< there is none
    std::int64_t nameless = 0;      ///< rows whose key is NULL-like, too long or no text: nobody can be named by it
};

/// A number of accounts.
struct AccountCount {
    std::int64_t number = 0;
    bool exact = true;  ///< false: there was no time to count, and the server estimates it; 0 where it does not
};

}  // namespace pwreset::db
