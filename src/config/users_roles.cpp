#include "src/config/users_sources.h"
#include "src/toml/forms.h"

namespace pwreset {
namespace {

void read_names(const Section& role, RoleSource& source) {
    if (!role.given("names")) return;
    const std::string hint = "write names = { table = \"auth_group\", id = \"id\", name = \"name\" }";
    if (!role.is_table("names")) role.fail("names", "no table for 'users.role.names'", hint);
    const Section names = role.below("names");
    for (const char* key : {"table", "id", "name"}) names.required(key, hint);
    source.names_table = names.text("table", table_name);
    source.names_id = names.text("id", identifier);
    source.names_name = names.text("name", identifier);
    const Section flags = names.below("flags");
    for (const auto& held : flags.keys()) {
        flags.required(held, "write flags = { administrator = \"admin_access\" }, each role with its column");
        source.names_flags.emplace_back(held, flags.text(held, identifier));
    }
}

/// { column = "role", through = { table = "access", from = "role", to = "policy" }, names = … }: what the column holds
/// leads on by the rows of another table.
void read_through(const Section& role, const UsersConfig& users, RoleSource& source) {
    const std::string hint = "write through = { table = \"access\", from = \"role\", to = \"policy\" }";
    if (!role.given("names"))
        role.fail("through", "missing 'users.role.names'",
                  "say what is found there: names = { table = \"policies\", id = \"id\", name = \"name\" }");
    source.in = {users.table, users.id, {}};
    const Section through = role.below("through");
    for (const char* key : {"table", "from", "to"}) through.required(key, hint);
    source.through = {through.text("table", table_name), through.text("from", identifier),
                      through.text("to", identifier)};
    if (!role.given("up")) return;
    const Section up = role.below("up");
    for (const char* key : {"table", "id", "parent"})
        up.required(key, "write up = { table = \"roles\", id = \"id\", parent = \"parent\" }");
    source.up = {up.text("table", table_name), up.text("id", identifier), up.text("parent", identifier)};
}

std::string read_list(const Section& role) {
    return role.choice("list", std::string(),
                       {{"json", "json"},
                        {"comma", "comma"},
                        {"space", "space"},
                        {"semicolon", "semicolon"},
                        {"set", "set"},
                        {"php-serialized", "php-serialized"}});
}

/// { superuser = "is_superuser" }: a role, and the column that says whether an account has it.
RoleSource read_flags(const Section& role) {
    const std::string hint = "write flags = { superuser = \"is_superuser\" }, each role with its column";
    role.refuse({"column", "table", "user", "role", "where", "names", "list", "keys"}, "'flags'");
    if (!role.is_table("flags")) role.fail("flags", "no table for 'users.role.flags'", hint);
    const Section flags = role.below("flags");
    RoleSource source;
    for (const auto& name : flags.keys()) {
        flags.required(name, hint);
        source.flags.emplace_back(name, flags.text(name, identifier));
    }
    if (source.flags.empty()) role.fail("flags", "no role in 'users.role.flags'", hint);
    return source;
}

/// { "1" = "administrator" }: the key of an account, and the role that it has by it.
RoleSource read_keys(const Section& role) {
    const std::string hint = "write keys = { \"1\" = \"administrator\" }, each account's key with its role";
    role.refuse({"column", "table", "user", "role", "where", "names", "list"}, "'keys'");
    if (!role.is_table("keys")) role.fail("keys", "no table for 'users.role.keys'", hint);
    const Section keys = role.below("keys");
    RoleSource source;
    for (const auto& key : keys.keys()) source.keys.emplace_back(key, keys.required(key, hint));
    if (source.keys.empty()) role.fail("keys", "no account in 'users.role.keys'", hint);
    return source;
}

/// { table = "config", column = "value", where = { name = "siteadmins" }, list = "comma", of = "key" }: a setting that
/// lists the accounts with a role.
RoleSource read_holders(const Section& role, const UsersConfig& users) {
    const std::string hint =
        "write holders = { table = \"config\", column = \"value\", where = { name = \"admins\" }, of = \"key\" }";
    role.refuse({"column", "table", "user", "where", "names", "list"}, "'holders'");
    if (!role.is_table("holders")) role.fail("holders", "no table for 'users.role.holders'", hint);
    const Section section = role.below("holders");
    for (const char* key : {"table", "column", "of"}) section.required(key, hint);
    RoleSource source;
    auto& holders = source.holders;
    holders.table = section.text("table", table_name);
    holders.column = section.text("column", identifier);
    holders.where = read_constants(section, "where", hint);
    holders.by_login = section.choice("of", false, {{"key", false}, {"login", true}});
    const bool serialized = section.choice(
        "list", false, {{"comma", false}, {"space", false}, {"semicolon", false}, {"php-serialized", true}});
    holders.quoted = serialized && holders.by_login;
    holders.optional = role.flag("optional", false);
    holders.role = role.required("role", "say which role they have: role = \"administrator\"");
    if (holders.by_login && users.login.empty())
        section.fail("of", "logins in 'users.role.holders', and no 'users.login'", "name the column of logins");
    return source;
}

RoleSource read_role(const Section& role, const UsersConfig& users) {
    if (role.given("holders")) return read_holders(role, users);
    role.refuse({"optional"}, "no 'holders'");
    if (role.given("flags")) return read_flags(role);
    if (role.given("keys")) return read_keys(role);
    RoleSource source;
    source.list = read_list(role);
    if (role.given("column")) {
        role.refuse({"table", "user", "role", "where"}, "'column'");
        source.column = role.text("column", identifier);
        if (!role.is_table("through")) {
            role.refuse({"names", "up", "through"}, "'column'");
            return source;
        }
        read_through(role, users, source);
        read_names(role, source);
        return source;
    }
    role.refuse({"through", "up"}, "no 'column'");
    const std::string hint = "write role = { table = \"roles\", user = \"user_id\", role = \"name\" }";
    source.in = read_other_table(role, hint, users);
    role.required("role", hint);
    source.column = role.text("role", identifier);
    read_names(role, source);
    return source;
}

}  // namespace

void read_roles(const Section& section, UsersConfig& users) {
    if (section.is_list("role")) {
        for (const auto& role : section.tables("role")) users.roles.push_back(read_role(role, users));
    } else if (section.is_table("role")) {
        users.roles.push_back(read_role(section.below("role"), users));
    } else if (section.given("role")) {
        users.roles.push_back({.column = section.text("role", identifier)});
    }
}

}  // namespace pwreset
