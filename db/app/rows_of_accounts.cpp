#include "db/app/rows_of_accounts.h"

#include <set>
#include <utility>

#include "db/names.h"

namespace pwreset::db {

namespace {

/// A key as the column may hold it, and whose it is.
using Spelled = std::set<std::pair<std::string, std::string>>;

/// The accounts that the column can name: each with no rows yet, their spellings and these as a list for SQL.
std::string list_of_keys(const KeyForm& form, const std::vector<std::string>& accounts, RowsByAccount& rows,
                         Spelled& spelled, Params& params) {
    std::string keys;
    for (const auto& account : accounts) {
        if (rows.count(account) != 0) continue;
        for (const auto& spelling : form.spellings(account)) {
            const auto key = form.value("account" + std::to_string(params.size()), spelling, params);
            if (!key) continue;
            rows[account];
            if (spelled.emplace(spelling, account).second) keys += (keys.empty() ? "" : ", ") + *key;
        }
    }
    return keys;
}

std::string select_of(const Session& session, const RowsWanted& wanted, const KeyForm& form, const std::string& keys,
                      Params& params) {
    std::string sql = "SELECT " + form.selected(wanted.of.user, "r.");
    for (const auto& cell : wanted.cells) sql += ", " + cell;
    return sql + " FROM " + qualified(session, wanted.of.table) + " r" + wanted.joined + " WHERE r." +
           backquoted(wanted.of.user) + " IN (" + keys + ")" + where_constants(wanted.of.where, "r.", params);
}

/// A query for each account, which only the lenient case costs.
RowsByAccount one_by_one(Session& session, const RowsWanted& wanted, const KeyForm& form, RowsByAccount accounts) {
    for (auto& [account, rows] : accounts) rows = rows_of(session, wanted, form, {account}).at(account);
    return accounts;
}

Cells cells_of(const Row& row, std::size_t count) {
    Cells cells;
    for (std::size_t i = 1; i <= count; ++i) cells.push_back(row.optional_text(i));
    return cells;
}

}  // namespace

std::string where_constants(const Constants& where, const std::string& alias, Params& params) {
    std::string conditions;
    for (const auto& [column, constant] : where) {
        const std::string parameter = "constant" + std::to_string(params.size());
        conditions += " AND " + alias + backquoted(column) + " = :" + parameter;
        params.emplace_back(parameter, constant);
    }
    return conditions;
}

RowsByAccount rows_of(Session& session, const RowsWanted& wanted, const KeyForm& form,
                      const std::vector<std::string>& accounts) {
    RowsByAccount rows;
    Spelled spelled;
    Params params;
    const std::string keys = list_of_keys(form, accounts, rows, spelled, params);
    if (keys.empty()) return rows;
    const bool lenient = wanted.whose == Whose::by_the_database;
    for (const Row& row : session.rows(select_of(session, wanted, form, keys, params), params)) {
        if (lenient && rows.size() == 1) {
            rows.begin()->second.push_back(cells_of(row, wanted.cells.size()));
            continue;
        }
        const std::string key = form.text(row.optional_text(0)).value_or("");
        auto each = spelled.lower_bound({key, {}});
        // The database compares more leniently than we do, and it alone knows whom it took this row for.
        if (lenient && (each == spelled.end() || each->first != key))
            return one_by_one(session, wanted, form, std::move(rows));
        for (; each != spelled.end() && each->first == key; ++each)
            rows[each->second].push_back(cells_of(row, wanted.cells.size()));
    }
    return rows;
}

}  // namespace pwreset::db
