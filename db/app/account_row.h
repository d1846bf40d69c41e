// An account as the application's tables have it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pwreset::db {

/// A value that says of an account which roles it has.
struct StoredRole {
    StoredRole(std::string stored, std::string separated = {}, bool permitting = true)
        : text(std::move(stored)), list(std::move(separated)), permits(permitting) {}
    StoredRole(const char* stored) : text(stored) {}

    std::string text;     ///< as it is stored: it may hold several
    std::string list;     ///< how they stand in it, by the column's type or the configuration
    bool permits = true;  ///< false: it protects, and allows nothing
};

struct AccountRow {
    std::string id;  ///< the key as text; empty where its bytes read as none
    std::string email, phone, login, locale;
    std::optional<std::string> password;  ///< the stored hash
    bool enabled = true;
    std::vector<StoredRole> roles;
    std::string state{};      ///< why it is not enabled, where a flag does not say it: "'status' holds 'banned'"
    bool state_known = true;  ///< false: nobody knows what that means, so the account is not touched
    /// Why one of its values is none that can be told: "'email_addresses' has 2 values of 'address' for it".
    std::string unclear{};
    std::vector<std::string> refused{};  ///< why it may not be reset, in the words of users.refuse
    std::vector<std::string> blocked{};  ///< why its owner cannot sign in, in those of users.blocked_by
};

}  // namespace pwreset::db
