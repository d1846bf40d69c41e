#include "db/app/roles.h"

#include "db/app/key_proof.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

constexpr std::size_t most_values = 200;
constexpr int seconds_to_look = 2;
constexpr const char* rows_of_a_sample = "20000";

/// The table of roles, and the one with the names that its keys stand for.
std::string role_tables(const Session& session, const UsersTable& names) {
    std::string from = qualified(session, names.role_table) + " r";
    if (names.names_table.empty()) return from;
    return from + " LEFT JOIN " + qualified(session, names.names_table) + " n ON n." + backquoted(names.names_id) +
           " = r." + backquoted(names.role_role);
}

/// The role; a key without a name stays a key.
std::string role_text(const UsersTable& names) {
    std::string role = "r." + backquoted(names.role_role);
    if (names.names_table.empty()) return role;
    return "COALESCE(n." + backquoted(names.names_name) + ", CAST(" + role + " AS CHAR))";
}

/// The constants that a row must hold to be one of roles.
std::string role_conditions(const UsersTable& names, Params& params) {
    std::string conditions;
    for (const auto& [column, constant] : names.role_where) {
        const std::string parameter = "constant" + std::to_string(params.size());
        conditions += " AND r." + backquoted(column) + " = :" + parameter;
        params.emplace_back(parameter, constant);
    }
    return conditions;
}

/// Each value once. Where there is no time to look at all rows, at the first of them.
Values distinct(Session& session, const std::string& value, const std::string& from, const Params& params) {
    Values values;
    const std::string limit = std::to_string(most_values + 1);
    std::vector<Row> rows;
    try {
        rows = session.rows_within(seconds_to_look, "SELECT DISTINCT " + value + from + " LIMIT " + limit, params);
    } catch (const TooSlow&) {
        values.all = false;
        const std::string sample = "SELECT DISTINCT v FROM (SELECT " + value + " AS v" + from + " LIMIT " +
                                   rows_of_a_sample + ") sample LIMIT " + limit;
        try {
            rows = session.rows_within(seconds_to_look, sample, params);
        } catch (const TooSlow&) {
            return values;
        }
    }
    if (rows.size() > most_values) {
        values.all = false;
        rows.erase(rows.begin() + most_values, rows.end());
    }
    for (const Row& row : rows) values.found.push_back(row.optional_text(0));
    return values;
}

/// A query for each account, which only the lenient case costs.
RolesByAccount one_by_one(Session& session, const UsersTable& names, const KeyForm& form, RolesByAccount accounts) {
    for (auto& [account, roles] : accounts) roles = roles_of(session, names, form, {account}).at(account);
    return accounts;
}

}  // namespace

RolesByAccount roles_of(Session& session, const UsersTable& names, const KeyForm& form,
                        const std::vector<std::string>& accounts) {
    Params params;
    std::string keys;
    RolesByAccount roles;
    std::multimap<std::string, std::string> accounts_by_spelling;
    for (const auto& account : accounts) {
        if (roles.count(account) != 0) continue;
        for (const auto& spelling : form.spellings(account)) {
            const auto key = form.value("account" + std::to_string(params.size()), spelling, params);
            if (!key) continue;
            keys += (keys.empty() ? "" : ", ") + *key;
            roles[account];
            accounts_by_spelling.emplace(spelling, account);
        }
    }
    if (keys.empty()) return roles;
    const std::string sql = "SELECT " + form.selected(names.role_user, "r.") + ", " + role_text(names) + " FROM " +
                            role_tables(session, names) + " WHERE r." + backquoted(names.role_user) + " IN (" + keys +
                            ")" + role_conditions(names, params);
    const bool is_page = roles.size() > 1;
    for (const Row& row : session.rows(sql, params)) {
        if (row.is_null(1)) continue;
        const auto [begin, end] = accounts_by_spelling.equal_range(form.text(row.optional_text(0)).value_or(""));
        if (!is_page) {
            roles.begin()->second.push_back(row.text(1));
            continue;
        }
        // The database compares more leniently than we do, and it alone knows whom it took this row for.
        if (begin == end) return one_by_one(session, names, form, std::move(roles));
        for (auto each = begin; each != end; ++each) roles[each->second].push_back(row.text(1));
    }
    return roles;
}

Values role_values(Session& session, const UsersTable& names) {
    Params params;
    const std::string conditions = role_conditions(names, params);
    return distinct(session, role_text(names), " FROM " + role_tables(session, names) + " WHERE 1 = 1" + conditions,
                    params);
}

Values column_values(Session& session, const UsersTable& names, const std::string& column, const ColumnType& type) {
    Params params;
    const std::string scope = in_scope(names, params);
    return distinct(session, readable(type, column),
                    " FROM " + qualified(session, names.table) + " WHERE 1 = 1" + scope, params);
}

}  // namespace pwreset::db
