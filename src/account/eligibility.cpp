#include "src/account/eligibility.h"

#include <algorithm>

#include "src/account/address.h"
#include "src/account/identity.h"

namespace pwreset {

namespace {

constexpr std::size_t longest_key = 64;  // the width of our account columns

/// Without the spaces around it, ASCII letters small: 'Admin ' is an admin, whoever typed it into the table.
std::string plain_role(const std::string& role) {
    const auto from = role.find_first_not_of(" \t\r\n");
    if (from == role.npos) return {};
    return ascii_lower(role.substr(from, role.find_last_not_of(" \t\r\n") + 1 - from));
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
    return std::any_of(list.begin(), list.end(),
                       [&](const auto& entry) { return plain_role(entry) == plain_role(word); });
}

/// NULL, empty, or one of the marks by which frameworks say "signs in elsewhere": Django's '!', passwd's '*'.
bool has_usable_password(const db::AccountRow& account) {
    return account.password && !account.password->empty() && account.password->front() != '!' &&
           account.password->front() != '*';
}

Refusal forbidden_for(const char* reason, const std::string& message, const std::string& hint) {
    return {reason, forbidden(message, hint)};
}

std::optional<Refusal> role_refusal(const db::AccountRow& account, const UsersConfig& users, const std::string& who) {
    for (const auto& role : account.roles) {
        if (contains(users.protected_roles, role)) {
            return Refusal{"protected",
                           Error(Exit::forbidden, "PROTECTED_ACCOUNT", who + " is protected by its role '" + role + "'",
                                 "an administrator resets it by another way")};
        }
    }
    if (users.allowed_roles.empty()) return {};
    const bool allowed = std::any_of(account.roles.begin(), account.roles.end(),
                                     [&](const auto& role) { return contains(users.allowed_roles, role); });
    if (allowed) return {};
    return forbidden_for("role", who + " has no role in [users] allowed_roles", "roles are given in the application");
}

}  // namespace

std::optional<Refusal> refusal(const db::AccountRow& account, const UsersConfig& users, Kind kind) {
    const std::string who = "account 'id:" + account.id + "'";
    if (account.id.empty() || account.id.size() > longest_key) {
        return forbidden_for("key", "an account without a key of 1 to 64 bytes cannot be reset",
                             "name the table's key in [users] id");
    }
    if (!account.enabled) {
        return forbidden_for("disabled", who + " is disabled", "enable it in the application first");
    }
    if (!is_address(account.email, true)) {
        return Refusal{"no_address", Error(Exit::failed, "UNDELIVERABLE", who + " has no valid e-mail address stored",
                                           "correct the address in the application first")};
    }
    if (kind == Kind::verify_caller) return {};
    if (!users.password.empty() && !has_usable_password(account)) {
        return forbidden_for("no_password", who + " has no password: it signs in by another way",
                             "send the user to the single sign-on");
    }
    return role_refusal(account, users, who);
}

}  // namespace pwreset
