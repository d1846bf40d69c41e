#include "db/app/demand.h"

#include <charconv>

#include "db/app/key_form.h"
#include "db/app/password_refusal.h"
#include "db/app/rows_of_accounts.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

/// Digits as a number.
Value number_or_text(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault == std::errc() && end == text.data() + text.size()) return number;
    return text;
}

/// The types of the column that names the account, and of that with the demand.
std::vector<ColumnType> types_there(Session& session, const PasswordNames& names) {
    return column_types(session, qualified(session, names.must_change_in.table),
                        {names.must_change_in.user, names.must_change});
}

std::string rows_of_demand(const PasswordNames& names, const ColumnType& user, const std::string& account,
                           Params& params) {
    const auto& in = names.must_change_in;
    return is_key(KeyForm(user, names.id_type), in.user, account, params) + where_constants(in.where, "", params);
}

/// A row with the demand, its columns, and what they hold: "(…) SELECT …".
std::string columns_and_values(const PasswordNames& names, const std::string& user, const Value& demand,
                               Params& params) {
    const auto& in = names.must_change_in;
    std::string columns = backquoted(in.user) + ", " + backquoted(names.must_change);
    std::string values = user + ", :value";
    params.emplace_back("value", demand);
    for (const auto& [column, constant] : in.where) {
        const std::string parameter = "constant" + std::to_string(params.size());
        columns += ", " + backquoted(column);
        values += ", :" + parameter;
        params.emplace_back(parameter, constant);
    }
    return "(" + columns + ") SELECT " + values;
}

void insert_demand(Session& session, const PasswordNames& names, const std::vector<ColumnType>& types,
                   const std::string& account) {
    Params params;
    const auto user = KeyForm(types[0], names.id_type).value("user", account, params);
    if (!user)
        throw config_error("column '" + names.must_change_in.user + "' of '" + names.must_change_in.table +
                               "' cannot hold the key of an account",
                           "correct must_change of [temporary_password]");
    const Value demand = value_for(session, types[1], names.must_change_value);
    const std::string row = columns_and_values(names, *user, demand, params);
    try {
        session.run("INSERT INTO " + qualified(session, names.must_change_in.table) + " " + row, params);
    } catch (const Duplicate&) {
        throw Conflict{};  // the application has written one meanwhile
    }
}

}  // namespace

Value value_for(const Session& session, const ColumnType& type, const std::string& text) {
    if (session.is_sqlite() || type.holds == Holds::bit) return number_or_text(text);
    return text;
}

bool is_demanded(Session& session, const PasswordNames& names, const std::string& account) {
    const auto types = types_there(session, names);
    Params params{{"value", value_for(session, types[1], names.must_change_value)}};
    const std::string condition = rows_of_demand(names, types[0], account, params);
    return session
        .row("SELECT 1 FROM " + qualified(session, names.must_change_in.table) + " WHERE " + condition + " AND " +
                 backquoted(names.must_change) + " = :value",
             params)
        .has_value();
}

void write_demand(Session& session, const PasswordNames& names, const std::string& account) {
    refused_in_words({names, names.must_change_in.table}, [&] {
        const auto types = types_there(session, names);
        const std::string table = qualified(session, names.must_change_in.table);
        Params params;
        const std::string condition = rows_of_demand(names, types[0], account, params);
        if (!session.row("SELECT 1 FROM " + table + " WHERE " + condition + session.for_update(), params))
            return insert_demand(session, names, types, account);
        params.emplace_back("value", value_for(session, types[1], names.must_change_value));
        session.run("UPDATE " + table + " SET " + backquoted(names.must_change) + " = :value WHERE " + condition,
                    params);
    });
}

void try_demand(Session& session, const PasswordNames& names) {
    const auto types = types_there(session, names);
    const std::string table = qualified(session, names.must_change_in.table);
    const Value demand = value_for(session, types[1], names.must_change_value);
    Params changed{{"value", demand}};
    const std::string constants = where_constants(names.must_change_in.where, "", changed);
    session.run("UPDATE " + table + " SET " + backquoted(names.must_change) + " = :value WHERE " +
                    backquoted(names.must_change_in.user) + " IS NULL AND 1 = 0" + constants,
                changed);
    Params inserted;
    const std::string row = columns_and_values(names, "NULL", demand, inserted);
    session.run("INSERT INTO " + table + " " + row + " FROM " + table + " WHERE 1 = 0", inserted);
}

}  // namespace pwreset::db
