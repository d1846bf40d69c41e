// Password hashes in the application's users table: the only column of it, with those that go with it, that is ever
// written here. Each write asks that the hash is still the one that was seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/app/account_source.h"
#include "db/session.h"

namespace pwreset::db {

/// The rows of a table that are the sessions of an account.
struct SessionRows {
    std::string table, user;                                   ///< the column that holds the account's key
    std::vector<std::pair<std::string, std::string>> where{};  ///< columns that must hold a constant, in a shared table
    bool by_login = false;                                     ///< `user` holds the login of the users table instead
};

/// Names in the application's schema, validated as identifiers; empty = there is no such column or table.
struct PasswordNames {
    std::string table, id, password;  ///< the users table, or another whose rows name accounts by `id`
    Constants where;                  ///< which of the rows there hold passwords
    std::string must_change;          ///< its column by which the application demands a new password
    std::string must_change_value;    ///< what that is set to
    OtherTable must_change_in;        ///< whose rows it stands in, where that is another table
    std::vector<std::string> clear;   ///< its columns that are set to NULL
    std::vector<std::string> empty;   ///< its columns that are set to ''
    std::string salt;                 ///< its column for a salt that is no part of the hash
    std::vector<std::string> beside;  ///< its columns that get another text with each password
    std::string compared;             ///< its column that holds what was seen; empty = `password`
    std::vector<SessionRows> sessions;
    std::string users_table, users_id, login;  ///< the users table itself, where sessions are known by logins
    std::string id_type;                       ///< how the key's bytes read as text; empty = by the column's type
    std::string scope_column, scope_value;     ///< whose rows of a shared table are meant

    /// Whether the demand is a column beside the password.
    bool demands_here() const { return !must_change.empty() && !must_change_in.given(); }
};

/// The hashes of the `most` accounts with the largest keys, the largest first, NULLs as "": by the index of the key,
/// and where that counts upwards the newest accounts.
std::vector<std::string> recent_hashes(Session& session, const PasswordNames& names, int most);

/// What is stored of a password.
struct NewPassword {
    std::string hash;
    std::string salt{};                                ///< where there is a column for it
    std::vector<std::optional<std::string>> beside{};  ///< the texts of the columns beside, in their order
};

/// What an account holds now.
struct CurrentPassword {
    std::string hash;         ///< "" for NULL
    std::string salt;         ///< the same; "" where there is no column for it
    bool must_change = true;  ///< the demand for a new one stands; true where there is no column for it
};
/// Nothing when no row, or more than one, has that key.
std::optional<CurrentPassword> current_password(Session& session, const PasswordNames& names,
                                                const std::string& account);
/// Whether an account has this hash, as everybody sees it now and not only this transaction.
bool has_hash(Session& session, const PasswordNames& names, const std::string& account, const std::string& hash);

/// Puts a password in the place of `seen` (byte for byte), with the demand for a new one and without remember tokens.
/// False when another hash stands there. Throws Error INTERNAL_ERROR, for the transaction to be left, when the key is
/// not one, and CONFIG or UNDELIVERABLE, in words of password_refusal.h, where the table refuses it.
bool replace_hash(Session& session, const PasswordNames& names, const std::string& account, const std::string& seen,
                  const NewPassword& password);
/// Reads what replace_hash() wrote: a trigger, a column's character set or width, a view may have made something else
/// of it. Throws Error CONFIG, for the transaction to be left.
void require_written(Session& session, const PasswordNames& names, const std::string& account,
                     const NewPassword& password);
/// Has the application demand a new password of an account, whose password stays. Throws as replace_hash(), and
/// Conflict where there is nobody to demand it of.
void demand_new_password(Session& session, const PasswordNames& names, const std::string& account);
/// Runs the statements that go with a new password under a condition that no row meets: what is refused then (a right,
/// a name, a view that cannot be written) is refused for every account. Throws Refused, in the server's words.
void try_statements(Session& session, const PasswordNames& names);
/// Deletes the sessions of an account; the number. 0 without a table of sessions. Throws as replace_hash().
std::int64_t end_sessions(Session& session, const PasswordNames& names, const std::string& account);

}  // namespace pwreset::db
