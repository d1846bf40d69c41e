#include "src/config/users_sources.h"

#include "src/toml/forms.h"

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
    users.id_kept_unique = id.choice("unique", false, {{"schema", false}, {"application", true}});
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

}  // namespace

Constants read_constants(const Section& section, std::string_view key, const std::string& hint) {
    Constants where;
    if (!section.given(key)) return where;
    if (!section.is_table(key)) section.fail(key, "no table for '" + section.full(key) + "'", hint);
    const Section constants = section.below(key);
    for (const auto& column : constants.keys()) {
        if (!identifier.valid(column)) section.fail(key, "expected column names in '" + section.full(key) + "'", hint);
        where.emplace_back(column, constants.constant(column, hint));
    }
    return where;
}

namespace {

/// A table, also one that is called after the users table, whatever that is called here: "{users}_groups".
std::string read_table_name(const Section& section, const UsersConfig& users) {
    constexpr std::string_view place = "{users}";
    const std::string written = section.text("table");
    if (!written.starts_with(place)) return section.text("table", table_name);
    const std::string name = users.table + written.substr(place.size());
    if (table_name.valid(name)) return name;
    section.fail("table", "expected a table name for '" + section.full("table") + "'", table_name.hint);
}

}  // namespace

OtherTable read_other_table(const Section& section, const std::string& hint, const UsersConfig& users) {
    for (const char* key : {"table", "user"}) section.required(key, hint);
    OtherTable in{read_table_name(section, users), section.text("user", identifier),
                  read_constants(section, "where", "write where = { meta_key = \"wp_capabilities\" }")};
    // In a table of its own the key is as ambiguous as in the users table.
    if (!users.scope.column.empty() && in.where.empty()) {
        section.fail("table", "'" + section.full("table") + "' beside 'users.scope', without 'where'",
                     "name the column there that tells the tenants apart: where = { tenant_id = \"1\" }");
    }
    return in;
}

void read_users_column(const Section& section, UsersColumn column, std::string& name, const char* fallback,
                       UsersConfig& users) {
    const auto key = facts_of(column).key.substr(std::string_view("users.").size());
    if (!section.is_table(key)) {
        name = section.text(key, identifier, fallback);
        return;
    }
    const Section place = section.below(key);
    const std::string hint = "write " + std::string(key) +
                             " = { table = \"identities\", user = \"user_id\", column = \"" + std::string(key) + "\" }";
    place.required("column", hint);
    name = place.text("column", identifier);
    users.elsewhere[column] = read_other_table(place, hint, users);
}

void read_users_time(const Section& section, UsersColumn column, std::string& name, UsersConfig& users) {
    const auto key = facts_of(column).key.substr(std::string_view("users.").size());
    if (!section.is_table(key)) {
        name = section.text(key, identifier);
        return;
    }
    const Section place = section.below(key);
    const std::string hint =
        "write " + std::string(key) + " = { column = \"" + std::string(key) + "\", zone = \"utc\" }";
    const std::string zone = place.text("zone");
    place.required("column", hint);
    name = place.text("column", identifier);
    if (!zone.empty()) users.zones[column] = zone;
}

void read_users_sources(const ConfigText& text, const Section& section, UsersConfig& users) {
    read_id(text, section, users);
    read_scope(text, section, users);
    read_active(text, section, users);
}

}  // namespace pwreset
