#include "db/app/passwords.h"

#include "db/app/demand.h"
#include "db/app/key_form.h"
#include "db/app/password_refusal.h"
#include "db/app/rows_of_accounts.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

/// The column that holds the hash that was seen.
const std::string& compared_of(const PasswordNames& names) {
    return names.compared.empty() ? names.password : names.compared;
}

/// What the columns of an account are, which decides how they are compared and written.
struct AccountTypes {
    ColumnType id, compared, must_change, scope;
};

AccountTypes types_of(Session& session, const PasswordNames& names) {
    std::vector<std::string> columns{names.id, compared_of(names)};
    if (names.demands_here()) columns.push_back(names.must_change);
    if (!names.scope_column.empty()) columns.push_back(names.scope_column);
    const auto found = column_types(session, qualified(session, names.table), columns);
    AccountTypes types{found[0], found[1], {}, {}};
    if (names.demands_here()) types.must_change = found[2];
    if (!names.scope_column.empty()) types.scope = found.back();
    return types;
}

/// The condition that names one account, with its parameters.
std::string names_account(const PasswordNames& names, const AccountTypes& types, const std::string& account,
                          Params& params) {
    std::string condition =
        is_key(KeyForm(types.id, names.id_type), names.id, account, params) + where_constants(names.where, "", params);
    if (names.scope_column.empty()) return condition;
    return condition + " AND " + backquoted(names.scope_column) + " = " +
           scope_value(types.scope, names.id_type, names.scope_value, params);
}

/// The hash as this connection reads it, in hexadecimal: most collations take two that differ in case for one, and the
/// bytes of a column in UCS-2 are not those that are read.
std::string hex_of_hash(const Session& session, const PasswordNames& names, const AccountTypes& types) {
    const std::string name = backquoted(compared_of(names));
    const bool as_stored = session.is_sqlite() || types.compared.holds == Holds::bytes;
    return as_stored ? "HEX(" + name + ")" : "HEX(CONVERT(" + name + " USING utf8mb4))";
}

Value demand_of(const Session& session, const PasswordNames& names, const AccountTypes& types) {
    return value_for(session, types.must_change, names.must_change_value);
}

/// "`password` = :hash, …": all that is written with a new password, with its parameters.
std::string changes_of(const Session& session, const PasswordNames& names, const AccountTypes& types,
                       const NewPassword& password, Params& params) {
    std::string changes = backquoted(names.password) + " = :hash";
    params.emplace_back("hash", password.hash);
    if (!names.salt.empty()) {
        changes += ", " + backquoted(names.salt) + " = :salt";
        params.emplace_back("salt", password.salt);
    }
    if (names.demands_here()) {
        changes += ", " + backquoted(names.must_change) + " = :value";
        params.emplace_back("value", demand_of(session, names, types));
    }
    for (std::size_t i = 0; i < names.beside.size(); ++i) {
        const std::string parameter = "beside" + std::to_string(i);
        changes += ", " + backquoted(names.beside[i]) + " = :" + parameter;
        params.emplace_back(parameter, i < password.beside.size() ? Value(password.beside[i]) : Value(std::nullopt));
    }
    for (const auto& column : names.clear) changes += ", " + backquoted(column) + " = NULL";
    for (const auto& column : names.empty) changes += ", " + backquoted(column) + " = ''";
    return changes;
}

/// " AND `type` = :constant0 …": what tells rows of a shared table from those of another purpose.
std::string holds_constants(const SessionRows& rows, Params& params) {
    std::string conditions;
    for (const auto& [column, constant] : rows.where) {
        const std::string parameter = "constant" + std::to_string(params.size());
        conditions += " AND " + backquoted(column) + " = :" + parameter;
        params.emplace_back(parameter, constant);
    }
    return conditions;
}

}  // namespace

std::vector<std::string> recent_hashes(Session& session, const PasswordNames& names, int most) {
    std::vector<std::string> hashes;
    Params params{{"most", most}};
    const std::string sql = "SELECT " + backquoted(names.password) + " FROM " + qualified(session, names.table) +
                            " WHERE 1 = 1" + where_constants(names.where, "", params) + " ORDER BY " +
                            backquoted(names.id) + " DESC LIMIT :most";
    for (const Row& row : session.rows(sql, params)) hashes.push_back(row.text(0));
    return hashes;
}

std::optional<CurrentPassword> current_password(Session& session, const PasswordNames& names,
                                                const std::string& account) {
    Params params;
    std::string must_change = "1";
    const auto types = types_of(session, names);
    if (names.demands_here()) {
        must_change = "CASE WHEN " + backquoted(names.must_change) + " = :value THEN 1 ELSE 0 END";
        params.emplace_back("value", demand_of(session, names, types));
    }
    const std::string condition = names_account(names, types, account, params);
    const std::string salt = names.salt.empty() ? "''" : backquoted(names.salt);
    const auto rows = session.rows("SELECT " + backquoted(names.password) + ", " + salt + ", " + must_change +
                                       " FROM " + qualified(session, names.table) + " WHERE " + condition,
                                   params);
    if (rows.size() != 1) return {};
    const auto& row = rows.front();
    const bool demanded = names.must_change_in.given() ? is_demanded(session, names, account) : row.integer(2) == 1;
    return CurrentPassword{row.text(0), row.text(1), demanded};
}

bool has_hash(Session& session, const PasswordNames& names, const std::string& account, const std::string& hash) {
    Params params;
    const std::string condition = names_account(names, types_of(session, names), account, params);
    const auto row = session.row("SELECT " + backquoted(compared_of(names)) + " FROM " +
                                     qualified(session, names.table) + " WHERE " + condition + session.for_update(),
                                 params);
    return row && row->text(0) == hash;
}

bool replace_hash(Session& session, const PasswordNames& names, const std::string& account, const std::string& seen,
                  const NewPassword& password) {
    const std::int64_t changed = refused_in_words({names, names.table, password.hash.size()}, [&] {
        const auto types = types_of(session, names);
        Params params{{"seen", seen}};
        const std::string changes = changes_of(session, names, types, password, params);
        const std::string condition = names_account(names, types, account, params);
        return session.run("UPDATE " + qualified(session, names.table) + " SET " + changes + " WHERE " + condition +
                               " AND " + hex_of_hash(session, names, types) + " = HEX(:seen)",
                           params);
    });
    if (changed > 1) throw internal_error("a key of the users table names more than one account");
    if (changed == 1 && names.must_change_in.given()) write_demand(session, names, account);
    return changed == 1;
}

void demand_new_password(Session& session, const PasswordNames& names, const std::string& account) {
    if (names.must_change_in.given()) return write_demand(session, names, account);
    const bool there = refused_in_words({names, names.table}, [&] {
        const auto types = types_of(session, names);
        Params params;
        const std::string condition = names_account(names, types, account, params);
        const std::string table = qualified(session, names.table);
        if (!session.row("SELECT 1 FROM " + table + " WHERE " + condition + session.for_update(), params)) return false;
        params.emplace_back("value", demand_of(session, names, types));
        session.run("UPDATE " + table + " SET " + backquoted(names.must_change) + " = :value WHERE " + condition,
                    params);
        return true;
    });
    if (!there) throw Conflict{};
}

void require_written(Session& session, const PasswordNames& names, const std::string& account,
                     const NewPassword& password) {
    constexpr const char* look = "a trigger, its type or a view makes something else of it: ask who looks after it";
    const auto held = refused_in_words({names, names.table}, [&] { return current_password(session, names, account); });
    const std::string table = "'" + names.table + "'";
    if (!held)
        throw config_error("the account is not found in " + table + " any more, once its password is there", look);
    const auto not_given_back = [&](const std::string& column, const char* what) {
        throw config_error(
            "column '" + column + "' of " + table + " does not give the " + what + " back as it was written", look);
    };
    if (held->hash != password.hash) not_given_back(names.password, "hash");
    if (!names.salt.empty() && held->salt != password.salt) not_given_back(names.salt, "salt");
    if (held->must_change) return;
    const std::string demanding = names.must_change_in.given() ? "'" + names.must_change_in.table + "'" : table;
    throw config_error(
        "column '" + names.must_change + "' of " + demanding + " does not hold the value that was written there",
        "correct must_change of [temporary_password]; " + std::string(look));
}

void try_statements(Session& session, const PasswordNames& names) {
    Params params;
    const std::string changes = changes_of(session, names, types_of(session, names), {}, params);
    session.run("UPDATE " + qualified(session, names.table) + " SET " + changes + " WHERE " + backquoted(names.id) +
                    " IS NULL AND 1 = 0",
                params);
    if (names.must_change_in.given()) try_demand(session, names);
    for (const auto& rows : names.sessions) {
        Params constants;
        const std::string condition = holds_constants(rows, constants);
        session.run("DELETE FROM " + qualified(session, rows.table) + " WHERE " + backquoted(rows.user) +
                        " IS NULL AND 1 = 0" + condition,
                    constants);
    }
}

namespace {

/// The condition that names an account's rows, by its key or by the login that the users table has for that.
std::string names_sessions(Session& session, const PasswordNames& names, const SessionRows& rows,
                           const std::string& account, Params& params) {
    const std::string table = qualified(session, rows.by_login ? names.users_table : rows.table);
    const std::string& column = rows.by_login ? names.users_id : rows.user;
    const auto types = column_types(session, table, {column});
    const std::string is = is_key(KeyForm(types.front(), names.id_type), column, account, params);
    if (!rows.by_login) return is;
    return backquoted(rows.user) + " IN (SELECT " + backquoted(names.login) + " FROM " + table + " WHERE " + is + ")";
}

}  // namespace

std::int64_t end_sessions(Session& session, const PasswordNames& names, const std::string& account) {
    std::int64_t count = 0;
    for (const auto& rows : names.sessions) {
        count += refused_in_words({names, rows.table}, [&] {
            const std::string table = qualified(session, rows.table);
            Params params;
            std::string condition = names_sessions(session, names, rows, account, params);
            condition += holds_constants(rows, params);
            return session.run("DELETE FROM " + table + " WHERE " + condition, params);
        });
    }
    return count;
}

}  // namespace pwreset::db
