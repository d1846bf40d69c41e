#include "src/doctor/password_store.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "db/app/password_refusal.h"
#include "db/app/transactional.h"
#include "src/apps/users_table.h"
#include "src/base/ascii.h"

namespace pwreset {

namespace {

constexpr const char* store_area = "users";

bool is_any_of(const std::string& type, const std::vector<std::string_view>& types) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_number_type(const std::string& type) {
    return is_any_of(type, {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit"});
}

/// Whether a column of the type can hold ''.
bool takes_empty_text(const db::ColumnFacts& column) {
    if (column.type == "enum") {
        const auto lists = [&](const char* member) { return column.declared.find(member) != std::string::npos; };
        return lists("('')") || lists("('',") || lists(",'',") || lists(",'')");
    }
    return !is_number_type(column.type) &&
           !is_any_of(column.type, {"date", "datetime", "timestamp", "time", "year", "json", "uuid", "inet4", "inet6"});
}

/// "'it''s'" as SHOW COLUMNS writes a member.
std::string as_member(const std::string& value) {
    std::string text = "'";
    for (const char c : value) text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
}

/// Whether a column can be set to that; what is not an ENUM or a number is left to the statement itself.
bool takes_value(const db::ColumnFacts& column, const std::string& value) {
    if (column.type == "enum")
        return ascii_lower(column.declared).find(ascii_lower(as_member(value))) != std::string::npos;
    if (!is_number_type(column.type)) return true;
    return !value.empty() && std::all_of(value.begin(), value.end(),
                                         [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

const db::ColumnFacts* column_called(const TableDescription& table, const std::string& name) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const db::ColumnFacts& column) {
        return ascii_lower(column.name) == ascii_lower(name);
    });
    return found == table.columns.end() ? nullptr : &*found;
}

}  // namespace

Checks judge_written_columns(const TemporaryPasswordConfig& config, const TableDescription& users,
                             const TableDescription& demanding) {
    Checks checks;
    const auto tell = [&](const std::string& column, const char* key, const std::string& what,
                          const std::string& remedy) {
        checks.push_back(problem(
            store_area,
            "'" + column + "' ('temporary_password." + key + "') " + what + ": no temporary password can be sent",
            remedy));
    };
    for (const auto& name : config.clear) {
        const auto* column = column_called(users, name);
        if (column && !column->nullable)
            tell(name, "clear", "takes no NULL", "name it in 'empty' instead, or remove it");
    }
    for (const auto& name : config.empty) {
        const auto* column = column_called(users, name);
        if (column && !takes_empty_text(*column)) {
            tell(name, "empty", "is " + column->declared + ", which takes no ''",
                 "name it in 'clear' instead, or remove it");
        }
    }
    const auto* demand = column_called(demanding, config.must_change);
    if (demand && !takes_value(*demand, config.must_change_value)) {
        tell(demand->name, "must_change",
             "is " + demand->declared + ", which cannot be '" + config.must_change_value + "'",
             "correct the value of 'must_change'");
    }
    return checks;
}

Checks check_password_store(db::Session& session, const Config& config) {
    const auto names = password_names(config);
    try {
        db::require_transactions(session, names);
        db::Transaction trial(session);
        db::try_statements(session, names);
        trial.roll_back();
        return {};
    } catch (const db::Refused& fault) {
        const Error error = db::refusal_of(fault, {names, names.table});
        // A login of its own for each role may lack it on purpose.
        const auto told = fault.is_of_rights() ? warning : problem;
        return {told(store_area, "no temporary password could be stored: " + error.message, error.hint)};
    } catch (const Error& error) {
        return {problem(store_area, "no temporary password can be sent: " + error.message, error.hint)};
    }
}

}  // namespace pwreset
