#include "db/app/reset_store.h"

#include <algorithm>

#include "db/app/key_proof.h"
#include "db/app/password_refusal.h"
#include "db/names.h"
#include "src/base/encoding.h"

namespace pwreset::db {

namespace {

/// Does it, and says in words of ours what the application's tables refuse.
template <typename Work>
auto refused_by_store(const ResetNames& names, const std::string& users_table, const Work& work) {
    PasswordNames written;
    written.clear = names.set;
    for (const auto& [column, cell] : names.empty) written.empty.push_back(column);
    const std::string table = names.mode == ResetNames::Mode::columns ? users_table : names.table;
    const PasswordWrite write{written, table, 0, "[reset.store]", "'pwreset profile grants'"};
    return refused_in_words(write, work);
}

/// An account without an address is not the one that all rows without one are about.
bool is_nobodys(const ResetRow& row) {
    return std::any_of(row.find.begin(), row.find.end(), [](const ResetCell& cell) { return cell.text.empty(); });
}

}  // namespace

ResetStore::ResetStore(Session& session, ResetNames names, UsersTable users)
    : session_(session), names_(std::move(names)), users_(std::move(users)) {}

std::string ResetStore::table() const {
    return qualified(session_, names_.mode == ResetNames::Mode::columns ? users_.table : names_.table);
}

void ResetStore::prepare() {
    if (prepared_) return;
    std::vector<std::string> columns = names_.find;
    columns.insert(columns.end(), names_.set.begin(), names_.set.end());
    for (const auto& [column, cell] : names_.empty) columns.push_back(column);
    for (const auto* constants : {&names_.where, &names_.prefix}) {
        for (const auto& [column, text] : *constants) columns.push_back(column);
    }
    const auto types = column_types(session_, table(), columns);
    types_.clear();
    for (std::size_t i = 0; i < columns.size(); ++i) types_.emplace_back(columns[i], types[i]);
    std::vector<std::string> of_users{users_.id};
    if (!users_.scope_column.empty()) of_users.push_back(users_.scope_column);
    const auto users = column_types(session_, qualified(session_, users_.table), of_users);
    key_ = KeyForm(users.front(), users_.id_type);
    users_.scope_type = users.back();
    prepared_ = true;
}

const ColumnType& ResetStore::type_of(const std::string& column) {
    prepare();
    const auto found = std::find_if(types_.begin(), types_.end(), [&](const auto& one) { return one.first == column; });
    if (found == types_.end()) throw internal_error("a column that the profile does not name");
    return found->second;
}

/// The value as SQL, with its parameter where it needs one.
std::string ResetStore::expression(const ResetCell& cell, const std::string& column, const std::string& name,
                                   Params& params) const {
    const auto found = std::find_if(types_.begin(), types_.end(), [&](const auto& one) { return one.first == column; });
    const ColumnType type = found == types_.end() ? ColumnType{} : found->second;
    switch (cell.form) {
        case ResetCell::Form::null:
            return "NULL";
        case ResetCell::Form::bytes:
            params.emplace_back(name, hex(cell.text));
            return "UNHEX(:" + name + ")";
        case ResetCell::Form::moment:
            params.emplace_back(name, type.timestamp ? cell.instant : cell.text);
            return ":" + name;
        case ResetCell::Form::key:
            if (const auto value = KeyForm(type, users_.id_type).value(name, cell.text, params)) return *value;
            throw config_error("column '" + column + "' cannot hold the key of an account",
                               "correct 'find' in [reset.store]");
        case ResetCell::Form::text:
            break;
    }
    params.emplace_back(name, cell.text);
    return ":" + name;
}

/// The condition that names the rows of an account.
std::string ResetStore::whose(const ResetRow& row, Params& params, bool any_prefix) const {
    if (names_.mode == ResetNames::Mode::columns)
        return is_key(key_, users_.id, row.account, params) + in_scope(users_, params);
    std::string sql;
    for (std::size_t i = 0; i < names_.find.size(); ++i) {
        const std::string& column = names_.find[i];
        sql += (sql.empty() ? "" : " AND ") + backquoted(column) + " = " +
               expression(row.find.at(i), column, "find" + std::to_string(i), params);
    }
    return sql + purpose(params, any_prefix);
}

/// " AND action = 'recovery'": the rows of a shared table that are tokens of ours.
std::string ResetStore::purpose(Params& params, bool any_prefix) const {
    std::string sql;
    std::size_t count = 0;
    for (const auto& [column, text] : names_.where) {
        const std::string name = "where" + std::to_string(count++);
        sql += " AND " + backquoted(column) + " = :" + name;
        params.emplace_back(name, text);
    }
    for (const auto& [column, text] : names_.prefix) {
        if (any_prefix) break;
        const std::string name = "prefix" + std::to_string(count++);
        sql += " AND SUBSTR(" + backquoted(column) + ", 1, " + std::to_string(text.size()) + ") = :" + name;
        params.emplace_back(name, text);
    }
    return sql;
}

bool ResetStore::is_set(const std::string& column) const {
    return std::find(names_.set.begin(), names_.set.end(), column) != names_.set.end();
}

void ResetStore::insert(const ResetRow& row) {
    Params params;
    std::string columns;
    std::string values;
    const auto add = [&](const std::string& column, const std::string& value) {
        columns += (columns.empty() ? "" : ", ") + backquoted(column);
        values += (values.empty() ? "" : ", ") + value;
    };
    std::size_t count = 0;
    for (const auto& [column, text] : names_.where) {
        const std::string name = "constant" + std::to_string(count++);
        params.emplace_back(name, text);
        add(column, ":" + name);
    }
    for (std::size_t i = 0; i < names_.find.size(); ++i) {
        if (is_set(names_.find[i])) continue;
        add(names_.find[i], expression(row.find.at(i), names_.find[i], "find" + std::to_string(i), params));
    }
    for (std::size_t i = 0; i < names_.set.size(); ++i)
        add(names_.set[i], expression(row.set.at(i), names_.set[i], "set" + std::to_string(i), params));
    session_.run("INSERT INTO " + table() + " (" + columns + ") VALUES (" + values + ")", params);
}

std::int64_t ResetStore::update(const ResetRow& row) {
    Params params;
    std::string changes;
    for (std::size_t i = 0; i < names_.set.size(); ++i) {
        changes += (changes.empty() ? "" : ", ") + backquoted(names_.set[i]) + " = " +
                   expression(row.set.at(i), names_.set[i], "set" + std::to_string(i), params);
    }
    // What else belongs to a token is of an older one: a short one beside it would live on with the new one's end.
    for (std::size_t i = 0; i < names_.empty.size(); ++i) {
        const auto& [name, cell] = names_.empty[i];
        if (is_set(name)) continue;
        changes += ", " + backquoted(name) + " = " + expression(cell, name, "empty" + std::to_string(i), params);
    }
    const std::string condition = whose(row, params);
    return session_.run("UPDATE " + table() + " SET " + changes + " WHERE " + condition, params);
}

void ResetStore::put(const std::vector<ResetRow>& rows) {
    prepare();
    refused_by_store(names_, users_.table, [&] {
        for (const auto& row : rows) {
            if (names_.mode == ResetNames::Mode::columns) {
                if (update(row) != 1) throw Conflict{};  // gone, or not the only one: it is looked at again
                continue;
            }
            if (names_.mode == ResetNames::Mode::delete_insert) {
                Params params;
                const std::string condition = whose(row, params);
                session_.run("DELETE FROM " + table() + " WHERE " + condition, params);
            }
            if (names_.mode == ResetNames::Mode::upsert && update(row) > 0) continue;
            insert(row);
        }
    });
}

std::string ResetStore::selected(const std::vector<std::string>& columns) const {
    std::string list;
    for (const auto& column : columns) {
        const auto found =
            std::find_if(types_.begin(), types_.end(), [&](const auto& one) { return one.first == column; });
        const bool bytes = found != types_.end() && found->second.holds == Holds::bytes;
        list +=
            (list.empty() ? "" : ", ") + (bytes ? "HEX(" + backquoted(column) + ")" : readable(found->second, column));
    }
    return list;
}

std::vector<std::vector<std::optional<std::string>>> ResetStore::held(const ResetRow& of, int most, bool lock,
                                                                      bool any_prefix) {
    if (is_nobodys(of)) return {};
    prepare();
    Params params;
    const std::string condition = whose(of, params, any_prefix);
    params.emplace_back("most", most);
    std::vector<std::vector<std::optional<std::string>>> all;
    for (const Row& row : session_.rows("SELECT " + selected(names_.set) + " FROM " + table() + " WHERE " + condition +
                                            " LIMIT :most" + (lock ? session_.for_update() : ""),
                                        params)) {
        auto& cells = all.emplace_back();
        for (std::size_t i = 0; i < names_.set.size(); ++i) cells.push_back(row.optional_text(i));
    }
    return all;
}

std::int64_t ResetStore::remove(const ResetRow& of, const std::string& column, const std::string& value,
                                bool delete_row) {
    if (is_nobodys(of)) return 0;
    prepare();
    return refused_by_store(names_, users_.table, [&] {
        Params params;
        std::string sql = "DELETE FROM " + table();
        if (!delete_row) {
            std::string changes;
            for (std::size_t i = 0; i < names_.empty.size(); ++i) {
                const auto& [name, cell] = names_.empty[i];
                changes += (changes.empty() ? "" : ", ") + backquoted(name) + " = " +
                           expression(cell, name, "empty" + std::to_string(i), params);
            }
            sql = "UPDATE " + table() + " SET " + changes;
        }
        sql += " WHERE " + whose(of, params);
        params.emplace_back("value", value);
        const bool bytes = type_of(column).holds == Holds::bytes;
        sql +=
            bytes ? " AND HEX(" + backquoted(column) + ") = :value" : " AND HEX(" + as_read(column) + ") = HEX(:value)";
        return session_.run(sql, params);
    });
}

/// A text column in the character set of the connection: its bytes are then those that were read.
std::string ResetStore::as_read(const std::string& column) const {
    return session_.is_sqlite() ? backquoted(column) : "CONVERT(" + backquoted(column) + " USING utf8mb4)";
}

std::vector<ResetStore::Found> ResetStore::with(const std::string& column, const std::string& value, int most,
                                                bool any_prefix) {
    prepare();
    const bool columns = names_.mode == ResetNames::Mode::columns;
    std::string list = columns ? key_.selected(users_.id) : selected(names_.find);
    list += ", " + selected(names_.set);
    const bool bytes = type_of(column).holds == Holds::bytes;
    Params params{{"value", bytes ? hex(value) : value}, {"most", most}};
    std::string sql = "SELECT " + list + " FROM " + table() + " WHERE " + backquoted(column) +
                      (bytes ? " = UNHEX(:value)" : " = :value");
    sql += columns ? in_scope(users_, params) : purpose(params, any_prefix);
    const std::size_t width = columns ? 1 : names_.find.size();
    std::vector<Found> all;
    for (const Row& row : session_.rows(sql + " LIMIT :most", params)) {
        Found found;
        for (std::size_t i = 0; i < width; ++i)
            found.find.push_back(columns ? key_.text(row.optional_text(i)) : row.optional_text(i));
        for (std::size_t i = 0; i < names_.set.size(); ++i) found.set.push_back(row.optional_text(width + i));
        all.push_back(std::move(found));
    }
    return all;
}

/// The rows whose time is told and is over. A zero, and a zero date, stands for no time at all.
std::string ResetStore::over(const std::string& column, const ResetCell& before, Params& params) const {
    const std::string name = backquoted(column);
    const char* first = before.form == ResetCell::Form::moment ? "'1000-01-01'" : "0";
    return name + " > " + first + " AND " + name + " < " + expression(before, column, "before", params) +
           purpose(params);
}

std::int64_t ResetStore::purge(const std::string& column, const ResetCell& before, int most) {
    prepare();
    Params params{{"most", most}};
    const std::string sql = " WHERE " + over(column, before, params);
    return refused_by_store(names_, users_.table, [&] {
        if (session_.is_sqlite())
            return session_.run(
                "DELETE FROM " + table() + " WHERE rowid IN (SELECT rowid FROM " + table() + sql + " LIMIT :most)",
                params);
        return session_.run("DELETE FROM " + table() + sql + " ORDER BY " + backquoted(column) + " LIMIT :most",
                            params);
    });
}

std::int64_t ResetStore::count_before(const std::string& column, const ResetCell& before) {
    prepare();
    Params params;
    const std::string condition = over(column, before, params);
    return session_.row("SELECT COUNT(*) FROM " + table() + " WHERE " + condition, params)->integer(0);
}

std::int64_t bump_time(Session& session, const UsersTable& users, const KeyForm& key, const std::string& column,
                       Seconds by, const std::string& account) {
    const std::string table = qualified(session, users.table);
    const bool time = column_types(session, table, {column}).front().holds == Holds::time;
    const std::string name = backquoted(column);
    Params params{{"by", static_cast<std::int64_t>(by.count())}};
    // Who never signed in has none, which nothing added to would change.
    const std::string later = time ? "DATE_ADD(COALESCE(" + name + ", UTC_TIMESTAMP()), INTERVAL :by SECOND)"
                                   : "COALESCE(" + name + ", 0) + :by";
    const std::string condition = is_key(key, users.id, account, params) + in_scope(users, params);
    return session.run("UPDATE " + table + " SET " + name + " = " + later + " WHERE " + condition, params);
}

std::int64_t drop_cached(Session& session, const std::string& table,
                         const std::vector<std::pair<std::string, std::string>>& find) {
    Params params;
    std::string condition;
    for (std::size_t i = 0; i < find.size(); ++i) {
        if (find[i].second.empty()) return 0;
        const std::string name = "find" + std::to_string(i);
        condition += (condition.empty() ? "" : " AND ") + backquoted(find[i].first) + " = :" + name;
        params.emplace_back(name, find[i].second);
    }
    if (condition.empty()) throw internal_error("rows of a cache without a condition");
    return session.run("DELETE FROM " + qualified(session, table) + " WHERE " + condition, params);
}

}  // namespace pwreset::db
