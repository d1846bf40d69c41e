#include "src/config/users.h"

#include <utility>

#include "src/config/users_sources.h"
#include "src/toml/forms.h"

namespace pwreset {
namespace {

constexpr Form region_code = {is_region, "a country", "write its ISO 3166 code, such as \"IR\""};

/// Where the link itself signs in there may be nobody with a password.
void check_password(const ConfigText& text, const Section& section, const UsersConfig& users) {
    if (!users.password.empty() || Section(text, "reset").flag("signs_in", false)) return;
    section.fail("password", "empty 'users.password'",
                 "name it, or remove the key; only an application whose link signs in may have none");
}

void check_users(const ConfigText& text, const Section& section, const UsersConfig& users) {
    for (const auto& [key, name] : {std::pair("table", users.table), {"id", users.id}}) {
        if (name.empty()) section.fail(key, "empty '" + section.full(key) + "'", "name it, or remove the key");
    }
    check_password(text, section, users);
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
    for (const auto& [key, roles] :
         {std::pair("protected", users.protected_roles), {"allowed_roles", users.allowed_roles}}) {
        if (roles.empty() || !users.roles.empty()) continue;
        section.fail(key, "no 'users.role' to look up '" + section.full(key) + "'",
                     "write role = \"COLUMN\", the column of the users table that holds the role");
    }
}

}  // namespace

namespace {

void add_keys(std::vector<std::string>& keys, const std::string& of, std::initializer_list<const char*> names) {
    keys.push_back(of);
    for (const char* name : names) keys.push_back(of + "." + name);
}

std::vector<std::string> all_keys() {
    std::vector<std::string> keys{"users.profile", "users.table"};
    add_keys(keys, "users.id", {"column", "type", "unique"});
    add_keys(keys, "users.scope", {"column", "value"});
    for (const char* column : {"users.email", "users.phone", "users.login", "users.password"})
        add_keys(keys, column, {"table", "user", "column", "where", "where.GROUP"});
    for (const char* column : {"users.created_at", "users.last_login", "users.password_changed_at"})
        add_keys(keys, column, {"column", "zone"});
    for (const char* name : {"users.phone_region", "users.locale", "users.disabled", "users.second_factor",
                             "users.rehashes_at_sign_in", "users.allowed_roles", "users.protected"})
        keys.emplace_back(name);
    add_keys(keys, "users.active", {"column", "values"});
    add_keys(keys, "users.role",
             {"column",       "list",          "table",          "user",          "role",
              "where",        "where.GROUP",   "names",          "names.table",   "names.id",
              "names.name",   "flags",         "flags.GROUP",    "keys",          "keys.GROUP",
              "holders",      "holders.table", "holders.column", "holders.where", "holders.where.GROUP",
              "holders.list", "holders.of",    "optional",       "names.flags",   "names.flags.GROUP",
              "through",      "through.table", "through.from",   "through.to",    "up",
              "up.table",     "up.id",         "up.parent"});
    for (const auto& [conditions, words] : {std::pair("users.refuse", "because"), {"users.blocked_by", "says"}})
        add_keys(keys, conditions,
                 {"column", "table", "user", "where", "where.GROUP", "is", "unless", "starts", "set", "none", words});
    return keys;
}

}  // namespace

std::span<const std::string_view> users_keys() {
    static const std::vector<std::string> keys = all_keys();
    static const std::vector<std::string_view> views(keys.begin(), keys.end());
    return views;
}

UsersConfig read_users(const ConfigText& text) {
    const Section section(text, "users");
    UsersConfig users;
    users.profile = section.text("profile", "native");
    users.table = section.text("table", table_name, "users");
    read_users_sources(text, section, users);
    read_users_column(section, UsersColumn::email, users.email, "email", users);
    read_users_column(section, UsersColumn::phone, users.phone, "", users);
    users.phone_region = section.text("phone_region", region_code);
    read_users_column(section, UsersColumn::login, users.login, "", users);
    read_users_column(section, UsersColumn::password, users.password, "password", users);
    users.locale = section.text("locale", identifier);
    users.disabled = section.text("disabled", identifier);
    users.second_factor = section.text("second_factor", identifier);
    read_users_time(section, UsersColumn::created_at, users.created_at, users);
    read_users_time(section, UsersColumn::last_login, users.last_login, users);
    read_users_time(section, UsersColumn::password_changed_at, users.password_changed_at, users);
    users.rehashes_at_sign_in = section.flag("rehashes_at_sign_in", false);
    read_roles(section, users);
    users.refuse = read_conditions(section, "refuse", "because", users);
    users.blocked_by = read_conditions(section, "blocked_by", "says", users);
    users.allowed_roles = section.texts("allowed_roles");
    users.protected_roles = section.texts("protected");
    check_users(text, section, users);
    return users;
}

}  // namespace pwreset
