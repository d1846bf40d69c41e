#include "src/config/users.h"

#include <utility>

#include "src/config/forms.h"

namespace pwreset {
namespace {

constexpr Form region_code = {is_region, "a country", "write its ISO 3166 code, such as \"IR\""};

RoleSource read_role(const ConfigText& text, const Section& users) {
    RoleSource source;
    if (!users.is_table("role")) {
        source.column = users.text("role", identifier);
        return source;
    }
    const Section role(text, "users.role");
    const std::string hint = "write role = { table = \"roles\", user = \"user_id\", role = \"name\" }";
    for (const char* key : {"table", "user", "role"}) role.required(key, hint);
    source.table = role.text("table", table_name);
    source.user = role.text("user", identifier);
    source.role = role.text("role", identifier);
    return source;
}

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
    static constexpr std::string_view keys[] = {
        "users.profile",       "users.table",     "users.id",           "users.email",     "users.phone",
        "users.phone_region",  "users.login",     "users.password",     "users.locale",    "users.active",
        "users.disabled",      "users.role",      "users.role.table",   "users.role.user", "users.role.role",
        "users.allowed_roles", "users.protected", "users.second_factor"};
    return keys;
}

UsersConfig read_users(const ConfigText& text) {
    const Section section(text, "users");
    UsersConfig users;
    users.profile = section.choice("profile", std::string("native"), {{"native", "native"}});
    users.table = section.text("table", table_name, "users");
    users.id = section.text("id", identifier, "id");
    users.email = section.text("email", identifier, "email");
    users.phone = section.text("phone", identifier);
    users.phone_region = section.text("phone_region", region_code);
    users.login = section.text("login", identifier);
    users.password = section.text("password", identifier, "password");
    users.locale = section.text("locale", identifier);
    users.active = section.text("active", identifier);
    users.disabled = section.text("disabled", identifier);
    users.second_factor = section.text("second_factor", identifier);
    users.role = read_role(text, section);
    users.allowed_roles = section.texts("allowed_roles");
    users.protected_roles = section.texts("protected");
    check_users(section, users);
    return users;
}

}  // namespace pwreset
