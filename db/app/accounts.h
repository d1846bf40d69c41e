// The application's users table, read through the names its configuration gives. Never written here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// Names in the application's schema, validated as identifiers; empty = there is no such column.
struct UsersTable {
    std::string table, id, email, phone, login, password, locale, active, disabled;
    std::string role_column;                       ///< of the users table, or
    std::string role_table, role_user, role_role;  ///< of a table of roles
};

struct AccountRow {
    std::string id;  ///< the key as text
    std::string email, phone, login, locale;
    std::optional<std::string> password;  ///< the stored hash
    bool enabled = true;
    std::vector<std::string> roles;
};

/// Which column an identity is looked up in.
enum class AccountKey { id, email, phone, login };

class Accounts {
public:
    Accounts(Session& session, UsersTable names);
    /// Every row the database's collation takes for equal to one of the spellings, by the index, at most 200. They are
    /// candidates only: the caller compares in code.
    std::vector<AccountRow> candidates(AccountKey key, const std::vector<std::string>& spellings);
    /// The rows with these keys (byte for byte), in any order; roles included.
    std::vector<AccountRow> by_ids(const std::vector<std::string>& ids);
    /// The same with no roles in them: where many are looked at.
    std::vector<AccountRow> without_roles(const std::vector<std::string>& ids);
    /// Fills in the roles of one account.
    void load_roles(AccountRow& account);
    bool has(AccountKey key) const { return !column(key).empty(); }

private:
    const std::string& column(AccountKey key) const;
    std::vector<AccountRow> select(const std::string& condition, const Params& params);

    Session& session_;
    UsersTable names_;
    std::string select_;  ///< SELECT … FROM users, put together once
};

}  // namespace pwreset::db
