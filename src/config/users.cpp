#include "src/config/users.h"

#include <utility>

#include "src/config/forms.h"
#include "src/config/users_sources.h"

namespace pwreset {
namespace {

constexpr Form region_code = {is_region, "a country", "write its ISO 3166 code, such as \"IR\""};

void check_users(const Section& section, const UsersConfig& users) {
    for (const auto& [key, name] : {std::pair("table", users.table), {"id", users.id}, {"password", users.password}}) {
        if (name.empty()) section.fail(key, "empty '" + section.full(key) + "'", "name it, or remove the key");
    }
    if (users.email.empty() && users.phone.empty()) {
        section.fail("email", "neither 'users.email' nor 'users.phone'", "name the column that mails or texts go to");
    }
    if (!users.phone.empty() && users.phone_region.empty()) {
        section.fail("phone", "missing 'users.phone_region'",
                     "write the country of numbers without a country code, such as phone_region = \"IR\"");
    }
    if (users.phone.empty() && !users.phone_region.empty()) {
        section.fail("phone_region", "'users.phone_region' without 'users.phone'",
                     "name the column of phone numbers, or remove it");
    }
    if (!section.given("protected")) {
        section.fail("protected", "missing 'users.protected'",
                     "list the roles whose accounts must not be reset, such as protected = [\"admin\"]; [] means none");
    }
    const bool has_role = !users.role.column.empty() || !users.role.table.empty();
    for (const auto& [key, roles] :
         {std::pair("protected", users.protected_roles), {"allowed_roles", users.allowed_roles}}) {
        if (roles.empty() || has_role) continue;
        section.fail(key, "no 'users.role' to look up '" + section.full(key) + "'",
                     "write role = \"COLUMN\", the column of the users table that holds the role");
    }
}

}  // namespace

std::span<const std::string_view> users_keys() {
    // clang-format off
    static constexpr std::string_view keys[] = {
        "users.profile", "users.table", "users.id", "users.id.column", "users.id.type", "users.scope",
        "users.scope.column", "users.scope.value", "users.email", "users.phone", "users.phone_region", "users.login",
        "users.password", "users.locale", "users.active", "users.active.column", "users.active.values",
        "users.disabled", "users.role", "users.role.column", "users.role.list", "users.role.table", "users.role.user",
        "users.role.role", "users.role.where", "users.role.where.GROUP", "users.role.names", "users.role.names.table",
        "users.role.names.id", "users.role.names.name", "users.allowed_roles", "users.protected",
        "users.second_factor", "users.rehashes_at_sign_in"};
    // clang-format on
    return keys;
}

UsersConfig read_users(const ConfigText& text) {
    const Section section(text, "users");
    UsersConfig users;
    users.profile = section.text("profile", "native");
    users.table = section.text("table", table_name, "users");
    users.email = section.text("email", identifier, "email");
    users.phone = section.text("phone", identifier);
    users.phone_region = section.text("phone_region", region_code);
    users.login = section.text("login", identifier);
    users.password = section.text("password", identifier, "password");
    users.locale = section.text("locale", identifier);
    users.disabled = section.text("disabled", identifier);
    users.second_factor = section.text("second_factor", identifier);
    users.rehashes_at_sign_in = section.flag("rehashes_at_sign_in", false);
    read_users_sources(text, section, users);
    users.allowed_roles = section.texts("allowed_roles");
    users.protected_roles = section.texts("protected");
    check_users(section, users);
    return users;
}

}  // namespace pwreset
