#include "src/config/users_columns.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/ascii.h"

namespace pwreset {

namespace {

/// Where [users] has the names of columns that are no more than a name there.
constexpr std::array<std::pair<UsersColumn, std::string UsersConfig::*>, 12> plain_names{
    {{UsersColumn::id, &UsersConfig::id},
     {UsersColumn::email, &UsersConfig::email},
     {UsersColumn::phone, &UsersConfig::phone},
     {UsersColumn::login, &UsersConfig::login},
     {UsersColumn::password, &UsersConfig::password},
     {UsersColumn::locale, &UsersConfig::locale},
     {UsersColumn::active, &UsersConfig::active},
     {UsersColumn::disabled, &UsersConfig::disabled},
     {UsersColumn::second_factor, &UsersConfig::second_factor},
     {UsersColumn::created_at, &UsersConfig::created_at},
     {UsersColumn::last_login, &UsersConfig::last_login},
     {UsersColumn::password_changed_at, &UsersConfig::password_changed_at}}};

/// Adds those of the conditions that are about the users table.
void add_columns(const std::vector<Condition>& conditions, std::vector<std::string>& names) {
    for (const auto& one : conditions) {
        if (!one.in.given()) names.push_back(one.column);
    }
}

/// The names in the users table that [users] gives; none for the columns of [temporary_password].
std::vector<std::string> names_in(const UsersConfig& users, UsersColumn column) {
    std::vector<std::string> names;
    if (column == UsersColumn::scope) names.push_back(users.scope.column);
    if (column == UsersColumn::refuse) add_columns(users.refuse, names);
    if (column == UsersColumn::blocked_by) add_columns(users.blocked_by, names);
    if (column == UsersColumn::role) {
        for (const auto& source : users.roles) {
            if (!source.in.given()) names.push_back(source.column);
            for (const auto& [role, flag] : source.flags) names.push_back(flag);
        }
    }
    const auto found =
        std::find_if(plain_names.begin(), plain_names.end(), [column](const auto& one) { return one.first == column; });
    const bool here = found != plain_names.end() && !users.elsewhere.contains(column);
    if (here) names.push_back(users.*(found->second));
    std::erase(names, "");
    return names;
}

TableRead table_of(UsersColumn fact, const OtherTable& in, const std::string& column, const char* column_key) {
    const std::string key(facts_of(fact).key);
    TableRead read{fact, key, in.table, in.user, {{in.user, key + ".user"}}, in.where};
    if (!column.empty()) read.columns.push_back({column, key + "." + column_key});
    for (const auto& [name, constant] : in.where) read.columns.push_back({name, key + ".where"});
    return read;
}

/// Whether no row can have both.
bool exclude_each_other(const Constants& some, const Constants& others) {
    return std::any_of(some.begin(), some.end(), [&](const auto& one) {
        return std::any_of(others.begin(), others.end(), [&](const auto& other) {
            return ascii_lower(one.first) == ascii_lower(other.first) &&
                   ascii_lower(one.second) != ascii_lower(other.second);
        });
    });
}

template <typename Names>
bool lists(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<NamedColumn> columns_of(const UsersConfig& users) {
    std::vector<NamedColumn> out;
    for (const auto& facts : users_columns) {
        for (const auto& name : names_in(users, facts.column)) out.push_back({&facts, name});
    }
    return out;
}

std::vector<NamedColumn> columns_of(const TemporaryPasswordConfig& passwords) {
    std::vector<NamedColumn> out;
    if (!passwords.must_change.empty() && !passwords.must_change_in.given())
        out.push_back({&facts_of(UsersColumn::must_change), passwords.must_change});
    for (const auto& name : passwords.clear) out.push_back({&facts_of(UsersColumn::clear), name});
    for (const auto& name : passwords.empty) out.push_back({&facts_of(UsersColumn::empty), name});
    for (const auto& one : passwords.rotate) out.push_back({&facts_of(UsersColumn::rotate), one.column});
    if (!passwords.side.hash.empty()) out.push_back({&facts_of(UsersColumn::side_hash), passwords.side.hash});
    for (const auto& one : passwords.side.set) out.push_back({&facts_of(UsersColumn::side), one.column});
    if (!passwords.salt.empty()) out.push_back({&facts_of(UsersColumn::salt), passwords.salt});
    return out;
}

std::vector<std::string> columns_read(const UsersConfig& users, bool selected) {
    std::vector<std::string> out;
    for (const auto& column : columns_of(users)) {
        const bool wanted = (column.facts->use == ColumnUse::selected) == selected;
        if (wanted && !lists(out, column.name)) out.push_back(column.name);
    }
    return out;
}

std::string bare_table(const std::string& table) { return ascii_lower(table.substr(table.rfind('.') + 1)); }

namespace {

/// The tables that what a source of roles holds leads on to.
void add_behind(const RoleSource& source, std::vector<TableRead>& out) {
    const auto add = [&](const char* key, const std::string& table, std::vector<ColumnByKey> columns) {
        if (!table.empty()) out.push_back({UsersColumn::role, key, table, "", std::move(columns), {}});
    };
    const auto& through = source.through;
    const auto& up = source.up;
    add("users.role.through", through.table,
        {{through.from, "users.role.through.from"}, {through.to, "users.role.through.to"}});
    add("users.role.up", up.table, {{up.id, "users.role.up.id"}, {up.parent, "users.role.up.parent"}});
    std::vector<ColumnByKey> names{{source.names_id, "users.role.names.id"},
                                   {source.names_name, "users.role.names.name"}};
    for (const auto& [role, flag] : source.names_flags) names.push_back({flag, "users.role.names.flags." + role});
    add("users.role.names", source.names_table, std::move(names));
}

}  // namespace

std::vector<TableRead> tables_read(const UsersConfig& users) {
    std::vector<TableRead> out;
    for (const auto& [fact, in] : users.elsewhere) {
        const auto name = std::find_if(plain_names.begin(), plain_names.end(),
                                       [column = fact](const auto& one) { return one.first == column; });
        out.push_back(table_of(fact, in, users.*(name->second), "column"));
    }
    for (const auto& source : users.roles) {
        if (source.holders.given()) {
            const auto& holders = source.holders;
            TableRead read{UsersColumn::role, "users.role.holders", holders.table, "", {},
                           holders.where,     holders.optional};
            read.columns.push_back({holders.column, "users.role.holders.column"});
            for (const auto& [name, constant] : holders.where)
                read.columns.push_back({name, "users.role.holders.where"});
            out.push_back(std::move(read));
        }
        if (!source.in.given()) continue;
        out.push_back(table_of(UsersColumn::role, source.in, source.column, "role"));
        add_behind(source, out);
    }
    for (const auto& [fact, conditions] :
         {std::pair(UsersColumn::refuse, &users.refuse), {UsersColumn::blocked_by, &users.blocked_by}}) {
        for (const auto& one : *conditions) {
            if (one.in.given()) out.push_back(table_of(fact, one.in, one.column, "column"));
        }
    }
    return out;
}

std::optional<TableRead> table_of_demand(const TemporaryPasswordConfig& passwords) {
    if (!passwords.must_change_in.given()) return {};
    return table_of(UsersColumn::must_change, passwords.must_change_in, passwords.must_change, "column");
}

const std::string& table_of_passwords(const UsersConfig& users) {
    const auto elsewhere = users.elsewhere.find(UsersColumn::password);
    return elsewhere == users.elsewhere.end() ? users.table : elsewhere->second.table;
}

std::vector<std::string> columns_kept(const UsersConfig& users, const std::string& table) {
    std::vector<std::string> kept;
    if (bare_table(table) == bare_table(users.table)) {
        for (const auto& column : columns_of(users)) kept.push_back(ascii_lower(column.name));
    }
    for (const auto& read : tables_read(users)) {
        if (bare_table(read.table) != bare_table(table)) continue;
        for (const auto& column : read.columns) kept.push_back(ascii_lower(column.name));
    }
    return kept;
}

bool keeps_rows(const UsersConfig& users, const std::string& table, const Constants& where) {
    if (bare_table(table) == bare_table(users.table)) return true;
    const auto read = tables_read(users);
    return std::any_of(read.begin(), read.end(), [&](const TableRead& one) {
        return bare_table(one.table) == bare_table(table) && !exclude_each_other(one.where, where);
    });
}

bool is_known_second_factor(std::string_view column) {
    const std::string name = ascii_lower(column);
    return lists(second_factor_columns, name) || lists(second_factor_companions, name);
}

}  // namespace pwreset
