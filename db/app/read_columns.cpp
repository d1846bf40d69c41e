#include "db/app/read_columns.h"

#include "db/app/key_proof.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

/// "`name` IN (...)" of the keys that can be ones; empty when none can.
std::string is_one_of(const KeyForm& key, const std::string& name, const std::vector<std::string>& accounts,
                      Params& params) {
    std::string keys;
    for (const auto& account : accounts) {
        const auto value = key.value("key" + std::to_string(params.size()), account, params);
        if (value) keys += (keys.empty() ? "" : ", ") + *value;
    }
    return keys.empty() ? keys : backquoted(name) + " IN (" + keys + ")";
}

}  // namespace

std::map<std::string, ReadCells> read_columns(Session& session, const UsersTable& users, const KeyForm& key,
                                              const std::vector<std::string>& columns,
                                              const std::vector<std::string>& accounts) {
    std::map<std::string, ReadCells> found;
    const std::string table = qualified(session, users.table);
    const auto types = column_types(session, table, columns);
    std::string list = key.selected(users.id);
    for (std::size_t i = 0; i < columns.size(); ++i) list += ", " + readable(types[i], columns[i]);
    Params params;
    const std::string condition = is_one_of(key, users.id, accounts, params);
    if (condition.empty()) return found;
    const std::string sql = "SELECT " + list + " FROM " + table + " WHERE " + condition;
    const std::string scope = in_scope(users, params);
    for (const Row& row : session.rows(sql + scope, params)) {
        const auto account = key.text(row.optional_text(0));
        if (!account) continue;
        ReadCells cells;
        for (std::size_t i = 0; i < columns.size(); ++i) cells.push_back(row.optional_text(i + 1));
        found[*account] = std::move(cells);
    }
    return found;
}

std::map<std::string, std::vector<std::string>> read_rows(Session& session, const RowsOfAccounts& rows,
                                                          const KeyForm& key,
                                                          const std::vector<std::string>& accounts) {
    std::map<std::string, std::vector<std::string>> found;
    Params params;
    std::string condition = is_one_of(key, rows.user, accounts, params);
    if (condition.empty()) return found;
    for (const auto& [column, constant] : rows.where) {
        const std::string name = "where" + std::to_string(params.size());
        condition += " AND " + backquoted(column) + " = :" + name;
        params.emplace_back(name, constant);
    }
    const std::string sql = "SELECT " + key.selected(rows.user) + ", " + backquoted(rows.column) + " FROM " +
                            qualified(session, rows.table) + " WHERE " + condition;
    for (const Row& row : session.rows(sql, params)) {
        const auto account = key.text(row.optional_text(0));
        auto value = row.optional_text(1);
        if (account && value) found[*account].push_back(std::move(*value));
    }
    return found;
}

std::optional<std::string> setting(Session& session, const std::string& table, const std::string& column,
                                   const std::vector<std::pair<std::string, std::string>>& where) {
    Params params;
    std::string condition;
    for (std::size_t i = 0; i < where.size(); ++i) {
        const std::string name = "where" + std::to_string(i);
        condition += (condition.empty() ? "" : " AND ") + backquoted(where[i].first) + " = :" + name;
        params.emplace_back(name, where[i].second);
    }
    const auto rows = session.rows(
        "SELECT " + backquoted(column) + " FROM " + qualified(session, table) + " WHERE " + condition + " LIMIT 2",
        params);
    if (rows.size() != 1) return {};
    return rows.front().optional_text(0);
}

}  // namespace pwreset::db
