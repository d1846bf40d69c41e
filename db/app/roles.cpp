#include "db/app/roles.h"

#include "db/app/key_proof.h"
#include "db/names.h"
#include "src/base/ascii.h"

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
std::string role_text(const UsersTable& names, const ColumnType& type) {
    const std::string role = readable(type, names.role_role, "r.");
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

/// The longest run of ASCII letters and digits in a word: however JSON escapes the rest of it, this is in the value.
std::string plain_piece(const std::string& word) {
    std::string longest;
    for (std::size_t at = 0; at < word.size();) {
        std::size_t end = at;
        while (end < word.size() && is_alphanumeric(word[end])) ++end;
        if (end - at > longest.size()) longest = word.substr(at, end - at);
        at = end + 1;
    }
    return longest;
}

/// Adds the values that may hold one of the words, where not all of them were looked at.
void look_for(Session& session, const std::string& value, const std::string& from, Params params,
              const std::vector<std::string>& words, Values& values) {
    if (values.all || words.empty()) return;
    const std::string text = session.is_sqlite() ? value : "CONVERT(" + value + " USING utf8mb4)";
    const std::string sql = "SELECT DISTINCT " + value + from + " AND LOWER(" + text + ") LIKE :word LIMIT " +
                            std::to_string(most_values + 1);
    params.emplace_back("word", "");
    for (const auto& word : words) {
        const std::string piece = plain_piece(word);
        if (piece.empty()) return;
        params.back().second = "%" + ascii_lower(piece) + "%";
        try {
            const auto rows = session.rows_within(seconds_to_look, sql, params);
            for (const Row& row : rows) values.found.push_back(row.optional_text(0));
            if (rows.size() > most_values) return;
        } catch (const TooSlow&) {
            return;
        }
    }
    values.searched = true;
}

/// A query for each account, which only the lenient case costs.
RolesByAccount one_by_one(Session& session, const UsersTable& names, const KeyForm& form, const ColumnType& type,
                          RolesByAccount accounts) {
    for (auto& [account, roles] : accounts) roles = roles_of(session, names, form, type, {account}).at(account);
    return accounts;
}

}  // namespace

RolesByAccount roles_of(Session& session, const UsersTable& names, const KeyForm& form, const ColumnType& type,
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
    const std::string sql = "SELECT " + form.selected(names.role_user, "r.") + ", " + role_text(names, type) +
                            " FROM " + role_tables(session, names) + " WHERE r." + backquoted(names.role_user) +
                            " IN (" + keys + ")" + role_conditions(names, params);
    const bool is_page = roles.size() > 1;
    for (const Row& row : session.rows(sql, params)) {
        if (row.is_null(1)) continue;
        const auto [begin, end] = accounts_by_spelling.equal_range(form.text(row.optional_text(0)).value_or(""));
        if (!is_page) {
            roles.begin()->second.push_back(row.text(1));
            continue;
        }
        // The database compares more leniently than we do, and it alone knows whom it took this row for.
        if (begin == end) return one_by_one(session, names, form, type, std::move(roles));
        for (auto each = begin; each != end; ++each) roles[each->second].push_back(row.text(1));
    }
    return roles;
}

Values role_values(Session& session, const UsersTable& names, const ColumnType& type,
                   const std::vector<std::string>& words) {
    Params params;
    const std::string conditions = role_conditions(names, params);
    const std::string value = role_text(names, type);
    const std::string from = " FROM " + role_tables(session, names) + " WHERE 1 = 1" + conditions;
    Values values = distinct(session, value, from, params);
    look_for(session, value, from, params, words, values);
    return values;
}

Values column_values(Session& session, const UsersTable& names, const std::string& column, const ColumnType& type,
                     const std::vector<std::string>& words) {
    Params params;
    const std::string from = " FROM " + qualified(session, names.table) + " WHERE 1 = 1" + in_scope(names, params);
    Values values = distinct(session, readable(type, column), from, params);
    look_for(session, readable(type, column), from, params, words, values);
    return values;
}

}  // namespace pwreset::db
