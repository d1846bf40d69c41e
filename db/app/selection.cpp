#include "db/app/selection.h"

#include <algorithm>

#include "db/app/accounts.h"
#include "db/app/key_proof.h"
#include "db/inventory.h"
#include "db/names.h"
#include "src/base/printable.h"

namespace pwreset::db {

namespace {

/// Whether a key can be written down as the place where a walk stands.
bool is_nameable(const std::string& key, std::size_t longest) {
    return !key.empty() && key.size() <= longest && printable(key) == key;
}

Error no_such_place(const std::string& column) {
    return config_error("the column '" + column + "' cannot hold a key that accounts were counted up to before",
                        "the users table is another now; cancel the job, and begin it anew");
}

}  // namespace

ColumnType Accounts::type_beside(UsersColumn column) {
    const auto known = types_beside_.find(column);
    if (known != types_beside_.end()) return known->second;
    const auto types = column_types(session_, qualified(session_, names_.table), {names_.name(column)});
    return types_beside_[column] = types.front();
}

/// SELECT … FROM users WHERE, with what the walk asks for besides.
std::string Accounts::select_with(const Walk& walk) {
    std::string sql = select_.substr(0, select_.size() - from_.size());
    for (const auto column : walk.beside) sql += ", " + readable(type_beside(column), names_.name(column));
    return sql + from_;
}

/// The rows behind a key as it was selected, or (nothing) from the walk's beginning on.
std::vector<Row> Accounts::rows_from(const Walk& walk, const std::optional<std::string>& after, int most) {
    Params params;
    const std::string key = key_.in_order(names_.id);
    std::string sql = select_with(walk);
    const auto compare = [&](const char* how, const std::optional<std::string>& value) {
        if (!value) throw no_such_place(names_.id);
        sql += key + how + *value;
    };
    if (after)
        compare(" > ", key_.value_of_selected("after", *after, params));
    else if (!walk.after.empty())
        compare(" > ", key_.value("after", walk.after, params));
    else
        sql += key + " IS NOT NULL";
    if (!walk.upto.empty()) {
        sql += " AND ";
        compare(" <= ", key_.value("upto", walk.upto, params));
    }
    sql += in_scope(names_, params) + " ORDER BY " + key + " LIMIT " + std::to_string(most);
    return session_.rows(sql, params);
}

/// Where the schema proves no key to be unique, rows with the last one, or with what the database takes for equal
/// ('Bob' and 'bob'), may have been cut off: the next page would pass them over.
void Accounts::add_equals(const Walk& walk, std::vector<Row>& rows) {
    Params params;
    const auto value = key_.value_of_selected("same", rows.back().text(0), params);
    if (!value) return;
    const std::string sql =
        select_with(walk) + key_.in_order(names_.id) + " = " + *value + in_scope(names_, params) + " LIMIT 1000";
    for (Row& row : session_.rows(sql, params)) {
        const auto is = [&](const Row& other) { return other.optional_text(0) == row.optional_text(0); };
        if (std::none_of(rows.begin(), rows.end(), is)) rows.push_back(std::move(row));
    }
}

WalkedPage Accounts::walk(const Walk& walk, int most) {
    require_key();
    WalkedPage page;
    for (const auto column : walk.beside) page.types.push_back(type_beside(column));
    std::optional<std::string> after;
    while (page.next.empty() && !page.last) {
        auto rows = rows_from(walk, after, most);
        page.last = rows.size() < static_cast<std::size_t>(most);
        if (!page.last && proof_ != Proof::given) add_equals(walk, rows);
        for (const Row& row : rows) {
            WalkedAccount walked{account_of(row), {}};
            if (!is_nameable(walked.account.id, walk.longest_key)) {
                ++page.nameless;
                continue;
            }
            page.next = walked.account.id;
            // Two rows with one key, as a view may have them, are next to each other.
            if (!page.accounts.empty() && page.accounts.back().account.id == walked.account.id) {
                page.accounts.back().account.unclear = "two rows of the users table have its key";
                continue;
            }
            for (std::size_t i = 0; i < walk.beside.size(); ++i)
                walked.beside.push_back(row.optional_text(selected_.size() + i));
            page.accounts.push_back(std::move(walked));
        }
        if (!rows.empty()) after = rows.back().text(0);
    }
    return page;
}

std::string Accounts::last_key(std::size_t longest) {
    require_key();
    Params params;
    const std::string scope = in_scope(names_, params);
    const std::string sql = "SELECT " + key_.selected(names_.id) + from_ + "1 = 1" + scope + " ORDER BY " +
                            key_.in_order(names_.id) + " DESC LIMIT 1000";
    for (const Row& row : session_.rows(sql, params)) {
        const auto key = key_.text(row.optional_text(0));
        if (key && is_nameable(*key, longest)) return *key;
    }
    return {};
}

AccountCount Accounts::count(int seconds) {
    prepare();
    Params params;
    const std::string sql = "SELECT COUNT(*)" + from_ + "1 = 1" + in_scope(names_, params);
    try {
        return {session_.rows_within(seconds, sql, params).at(0).integer(0), true};
    } catch (const TooSlow&) {
        const auto [schema, table] = schema_and_table(session_.application_schema_name(), names_.table);
        const auto facts = table_facts(session_, schema, table);
        return {facts ? facts->rows : 0, false};
    }
}

}  // namespace pwreset::db
