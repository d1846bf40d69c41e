// The section [temporary_password] of the configuration: passwords that are made here, and what goes with them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/app/account_source.h"
#include "src/base/time.h"
#include "src/expression/expression.h"
#include "src/hash/password_format.h"
#include "src/secrets/named_secret.h"
#include "src/secrets/password_policy.h"

namespace pwreset {

class ConfigText;
struct SecretSource;
struct UsersConfig;

/// A table whose rows are sessions of accounts, or of which some are.
struct SessionTable {
    std::string key;  ///< of the section: "sessions" or "ends"
    std::string table;
    std::string user;                                          ///< its column that holds the account's key
    std::vector<std::pair<std::string, std::string>> where{};  ///< its columns that must hold these constants
    bool by_login = false;                                     ///< `user` holds the account's login instead
};

/// A column of the users table, and what each password puts there.
struct WrittenColumn {
    std::string column;
    Expression value;
};

/// Columns of the users table in which an application keeps a password for one sign-in, while the other goes on
/// working.
struct SideColumns {
    std::string hash;                ///< the one of the password's hash; empty: there are no such columns
    Expression hashed;               ///< it, of `token`
    std::vector<WrittenColumn> set;  ///< the others, of `issued`
    std::string empty_hash;          ///< what stands for none
    std::vector<std::optional<std::string>> empty;  ///< the same in the others, in their order; nothing is NULL
};

/// Passwords that are made here and mailed: what they look like, and what is written with their hash. Names are plain
/// identifiers in the application's schema; an empty one means "there is no such column".
struct TemporaryPasswordConfig {
    bool enabled = false;
    PasswordPolicy policy;
    Seconds lifetime{24 * 3600};
    std::vector<PasswordFormat> formats;  ///< what the application takes; none = what most of its accounts have
    std::string salt;                     ///< column of the users table for the salt that is no part of the hash
    SideColumns side;                     ///< where a password is stored, if not in the place of the other
    NamedSecret pepper;                   ///< what the application puts behind each password
    std::string must_change;              ///< column by which the application demands a new one
    std::string must_change_value;        ///< what it is set to
    OtherTable must_change_in;            ///< whose rows it stands in; not given: beside the password
    std::vector<std::string> clear;       ///< columns of the users table set to NULL: remember tokens
    std::vector<std::string> empty;       ///< the same, set to ''
    std::vector<WrittenColumn> rotate;    ///< columns of the users table with a new random text: remember tokens
    std::vector<SessionTable> sessions;   ///< whose rows of an account are deleted
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> temporary_password_keys();
/// A policy that allows fewer than 2^64 passwords does not load, nor one of fewer than 2^112 where their hashes are
/// fast. The pepper stays empty when there is no `source`. Throws Error CONFIG.
TemporaryPasswordConfig read_temporary_password(const ConfigText& text, const UsersConfig& users,
                                                const SecretSource* source);

}  // namespace pwreset
