// The section [users] of the configuration: the application's table of accounts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

class ConfigText;

/// A role of an account: a column of the users table, or a row of another table.
struct RoleSource {
    std::string column;  ///< of the users table; empty when `table` is used
    std::string table;   ///< table of roles
    std::string user;    ///< its column that holds the account's key
    std::string role;    ///< its column that holds the role's name
};

/// Names in the application's users table; an empty name means "there is no such column". All are plain identifiers.
struct UsersConfig {
    std::string profile = "native";
    std::string table = "users";
    std::string id = "id";
    std::string email = "email";
    std::string phone;
    std::string phone_region;  ///< ISO 3166: where stored and typed numbers without a country code belong
    std::string login;
    std::string password = "password";
    std::string locale;
    std::string active;         ///< disabled when it holds 0, '', NULL or 'false'
    std::string disabled;       ///< disabled when it holds anything but those
    std::string second_factor;  ///< set when it holds something; empty = look for a column known to be one
    RoleSource role;
    std::vector<std::string> allowed_roles;  ///< empty = every role
    std::vector<std::string> protected_roles;
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> users_keys();
/// Throws Error CONFIG.
UsersConfig read_users(const ConfigText& text);

}  // namespace pwreset
