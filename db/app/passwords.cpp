#include "db/app/passwords.h"

#include <charconv>

#include "db/app/key_form.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

/// Digits as a number: a BIT column takes 1, not '1'.
Value number_or_text(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault == std::errc() && end == text.data() + text.size()) return number;
    return text;
}

/// The condition that names one account, with its parameters.
std::string names_account(Session& session, const PasswordNames& names, const std::string& account, Params& params) {
    std::vector<std::string> columns{names.id};
    if (!names.scope_column.empty()) columns.push_back(names.scope_column);
    const auto types = column_types(session, qualified(session, names.table), columns);
    std::string condition = is_key(KeyForm(types.front(), names.id_type), names.id, account, params);
    if (names.scope_column.empty()) return condition;
    return condition + " AND " + backquoted(names.scope_column) + " = " +
           scope_value(types.back(), names.id_type, names.scope_value, params);
}

/// Our own tables are not touched: what is taken twice here is the application's, in a trigger or by a UNIQUE key. To
/// try again would not help, and only who configured it can.
std::int64_t update_account(Session& session, const PasswordNames& names, const std::string& changes,
                            const std::string& account, Params params) {
    const std::string condition = names_account(session, names, account, params);
    try {
        // By HEX(), because most collations take two hashes that differ in case for one.
        return session.run("UPDATE " + qualified(session, names.table) + " SET " + changes + " WHERE " + condition +
                               " AND HEX(" + backquoted(names.password) + ") = HEX(:seen)",
                           params);
    } catch (const Duplicate&) {
        throw config_error("the users table '" + names.table + "' refuses a new password: a key or a trigger of it",
                           "ask who looks after the application's tables");
    }
}

}  // namespace

std::vector<std::string> recent_hashes(Session& session, const PasswordNames& names, int most) {
    std::vector<std::string> hashes;
    for (const Row& row :
         session.rows("SELECT " + backquoted(names.password) + " FROM " + qualified(session, names.table) +
                          " ORDER BY " + backquoted(names.id) + " DESC LIMIT :most",
                      {{"most", most}})) {
        hashes.push_back(row.text(0));
    }
    return hashes;
}

std::optional<CurrentPassword> current_password(Session& session, const PasswordNames& names,
                                                const std::string& account) {
    Params params;
    std::string must_change = "1";
    if (!names.must_change.empty()) {
        must_change = "CASE WHEN " + backquoted(names.must_change) + " = :value THEN 1 ELSE 0 END";
        params.emplace_back("value", number_or_text(names.must_change_value));
    }
    const std::string condition = names_account(session, names, account, params);
    const auto rows = session.rows("SELECT " + backquoted(names.password) + ", " + must_change + " FROM " +
                                       qualified(session, names.table) + " WHERE " + condition,
                                   params);
    if (rows.size() != 1) return {};
    return CurrentPassword{rows.front().text(0), rows.front().integer(1) == 1};
}

bool replace_hash(Session& session, const PasswordNames& names, const std::string& account, const std::string& seen,
                  const std::string& hash) {
    Params params{{"hash", hash}, {"seen", seen}};
    std::string changes = backquoted(names.password) + " = :hash";
    if (!names.must_change.empty()) {
        changes += ", " + backquoted(names.must_change) + " = :value";
        params.emplace_back("value", number_or_text(names.must_change_value));
    }
    for (const auto& column : names.clear) changes += ", " + backquoted(column) + " = NULL";
    for (const auto& column : names.empty) changes += ", " + backquoted(column) + " = ''";
    const std::int64_t changed = update_account(session, names, changes, account, params);
    if (changed > 1) throw internal_error("a key of the users table names more than one account");
    return changed == 1;
}

std::int64_t end_sessions(Session& session, const PasswordNames& names, const std::string& account) {
    if (names.sessions.empty()) return 0;
    const std::string table = qualified(session, names.sessions);
    const auto types = column_types(session, table, {names.session_user});
    Params params;
    const std::string condition = is_key(KeyForm(types.front(), names.id_type), names.session_user, account, params);
    return session.run("DELETE FROM " + table + " WHERE " + condition, params);
}

}  // namespace pwreset::db
