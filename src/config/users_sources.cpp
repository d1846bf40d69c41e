#include "src/config/users_sources.h"

#include "src/config/forms.h"

namespace pwreset {
namespace {

void read_id(const ConfigText& text, const Section& section, UsersConfig& users) {
    if (!section.is_table("id")) {
        users.id = section.text("id", identifier, "id");
        return;
    }
    const Section id(text, "users.id");
    id.required("column", "write id = { column = \"id\", type = \"uuid-binary16\" }");
    users.id = id.text("column", identifier);
    users.id_type = id.choice(
        "type", std::string(),
        {{"text", "text"}, {"uuid-binary16", "uuid-binary16"}, {"uuid-binary16-swapped", "uuid-binary16-swapped"}});
}

void read_scope(const ConfigText& text, const Section& section, UsersConfig& users) {
    if (!section.given("scope")) return;
    const std::string hint = "write scope = { column = \"tenant_id\", value = \"1\" }";
    if (!section.is_table("scope")) section.fail("scope", "no table for 'users.scope'", hint);
    const Section scope(text, "users.scope");
    for (const char* key : {"column", "value"}) scope.required(key, hint);
    users.scope.column = scope.text("column", identifier);
    users.scope.value = scope.text("value");
}

void read_active(const ConfigText& text, const Section& section, UsersConfig& users) {
    if (!section.is_table("active")) {
        users.active = section.text("active", identifier);
        return;
    }
    const Section active(text, "users.active");
    active.required("column", "write active = { column = \"status\", values = [\"active\"] }");
    users.active = active.text("column", identifier);
    users.active_values = active.texts("values");
    if (active.given("values") && users.active_values.empty()) {
        active.fail("values", "no value in 'users.active.values'", "list those of accounts that may be reset");
    }
}

/// Columns with the constant that each must hold.
std::vector<std::pair<std::string, std::string>> read_constants(const ConfigText& text, const Section& role) {
    std::vector<std::pair<std::string, std::string>> where;
    if (!role.given("where")) return where;
    const std::string hint = "write where = { meta_key = \"wp_capabilities\" }";
    if (!role.is_table("where")) role.fail("where", "no table for 'users.role.where'", hint);
    const Section constants(text, "users.role.where");
    for (const auto& column : constants.keys()) {
        if (!identifier.valid(column)) role.fail("where", "expected column names in 'users.role.where'", hint);
        where.emplace_back(column, constants.required(column, hint));
    }
    return where;
}

void read_names(const ConfigText& text, const Section& role, RoleSource& source) {
    if (!role.given("names")) return;
    const std::string hint = "write names = { table = \"auth_group\", id = \"id\", name = \"name\" }";
    if (!role.is_table("names")) role.fail("names", "no table for 'users.role.names'", hint);
    const Section names(text, "users.role.names");
    for (const char* key : {"table", "id", "name"}) names.required(key, hint);
    source.names_table = names.text("table", table_name);
    source.names_id = names.text("id", identifier);
    source.names_name = names.text("name", identifier);
}

RoleSource read_role(const ConfigText& text, const Section& users) {
    RoleSource source;
    if (!users.is_table("role")) {
        source.column = users.text("role", identifier);
        return source;
    }
    const Section role(text, "users.role");
    source.list = role.choice("list", std::string(),
                              {{"json", "json"},
                               {"comma", "comma"},
                               {"space", "space"},
                               {"semicolon", "semicolon"},
                               {"set", "set"},
                               {"php-serialized", "php-serialized"}});
    if (role.given("column")) {
        role.refuse({"table", "user", "role", "where", "names"}, "'column'");
        source.column = role.text("column", identifier);
        return source;
    }
    const std::string hint = "write role = { table = \"roles\", user = \"user_id\", role = \"name\" }";
    for (const char* key : {"table", "user", "role"}) role.required(key, hint);
    source.table = role.text("table", table_name);
    source.user = role.text("user", identifier);
    source.role = role.text("role", identifier);
    source.where = read_constants(text, role);
    read_names(text, role, source);
    return source;
}

}  // namespace

void read_users_sources(const ConfigText& text, const Section& section, UsersConfig& users) {
    read_id(text, section, users);
    read_scope(text, section, users);
    read_active(text, section, users);
    users.role = read_role(text, section);
    // In a table of its own the key is as ambiguous as in the users table.
    if (users.scope.column.empty() || users.role.table.empty() || !users.role.where.empty()) return;
    section.fail("role", "'users.role' of a table beside 'users.scope', without 'where'",
                 "name the column there that tells the tenants apart: where = { tenant_id = \"1\" }");
}

}  // namespace pwreset
