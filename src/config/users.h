// The section [users] of the configuration: the application's table of accounts.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/app/account_source.h"

namespace pwreset {

class ConfigText;

/// A column with a constant: which rows of a table that several tenants share are this application's.
struct ScopeConfig {
    std::string column;  ///< empty = the whole table is
    std::string value;
};

/// Names in the application's users table; an empty name means "there is no such column". All are plain identifiers.
struct UsersConfig {
    std::string profile = "native";
    std::string table = "users";
    std::string id = "id";
    std::string id_type;  ///< how the key's bytes read as text: "text", "uuid-binary16" …; empty = by the column's type
    bool id_kept_unique = false;  ///< by the application, within the scope; the schema does not show it
    ScopeConfig scope;
    std::string email = "email";
    std::string phone;
    std::string phone_region;  ///< ISO 3166: where stored and typed numbers without a country code belong
    std::string login;
    std::string password = "password";
    std::string locale;
    std::string active;                      ///< disabled unless it says that the account is in use
    std::vector<std::string> active_values;  ///< the values that say so; empty = the usual words, flags and times
    std::string disabled;              ///< disabled when it holds anything but 0, '', NULL, a word for no, or no time
    bool rehashes_at_sign_in = false;  ///< another hash may be of the same password, see src/queue/decision.h
    std::string second_factor;         ///< set when it holds something; empty = look for a column known to be one
    std::string created_at, last_login, password_changed_at;  ///< times, by which many accounts are chosen
    std::map<UsersColumn, std::string> zones;  ///< of those: "utc", "application", "Area/City"; none = by the profile
    OtherTables elsewhere;                   ///< which of email, phone, login and password are columns of other tables
    std::vector<RoleSource> roles;           ///< each adds to the others
    std::vector<Condition> refuse;           ///< what keeps an account from being reset
    std::vector<Condition> blocked_by;       ///< what keeps its owner from signing in: told, and no more
    std::vector<std::string> allowed_roles;  ///< empty = every role
    std::vector<std::string> protected_roles;
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> users_keys();
/// Throws Error CONFIG.
UsersConfig read_users(const ConfigText& text);

}  // namespace pwreset
