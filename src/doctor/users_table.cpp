#include "src/doctor/users_table.h"

#include <algorithm>
#include <array>

#include "db/app/key_form.h"
#include "db/app/passwords.h"
#include "db/names.h"
#include "db/own/account_key.h"
#include "src/account/identity.h"
#include "src/account/phone.h"
#include "src/apps/users_table.h"
#include "src/base/ascii.h"
#include "src/base/suggestion.h"
#include "src/doctor/password_store.h"
#include "src/doctor/rights.h"
#include "src/doctor/users_values.h"
#include "src/hash/password_choice.h"

namespace pwreset {

namespace {

constexpr const char* users_area = "users";

bool is_column(const std::string& a, const std::string& b) { return ascii_lower(a) == ascii_lower(b); }

std::string quoted(const TableDescription& table) {
    return (table.schema.empty() ? "" : db::backquoted(table.schema) + ".") + db::backquoted(table.name);
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& others, const std::string& key) {
    const std::string near = nearest(ascii_lower(name), others);
    if (near.empty()) return "correct '" + key + "', or give the login SELECT on it";
    return "did you mean '" + near + "'? write it as '" + key + "'";
}

/// Nothing when the table is there; otherwise the problem.
std::optional<Check> judge_presence(const TableDescription& table, const std::string& key) {
    if (table.facts) return {};
    return problem(users_area, "table " + quoted(table) + " ('" + key + "') is not there, or closed to this login",
                   did_you_mean(table.name, table.neighbours, key));
}

const db::ColumnFacts* find_column(const TableDescription& table, const std::string& name) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const db::ColumnFacts& column) { return is_column(column.name, name); });
    return found == table.columns.end() ? nullptr : &*found;
}

/// The configured name of a column, and the key of the configuration that names it.
struct Named {
    std::string column;
    std::string key;
};

/// Nothing when the column is there; otherwise the problem.
std::optional<Check> judge_column(const TableDescription& table, const Named& named) {
    if (find_column(table, named.column)) return {};
    std::vector<std::string> names;
    for (const auto& column : table.columns) names.push_back(ascii_lower(column.name));
    return problem(
        users_area,
        "column '" + named.column + "' ('" + named.key + "') is not in " + quoted(table) + ", or closed to this login",
        did_you_mean(named.column, names, named.key));
}

/// "'id', 'member_id', 'group_id'", where there are few.
std::string columns_there(const TableDescription& table) {
    constexpr std::size_t most_told = 8;
    std::vector<std::string> names;
    for (const auto& column : table.columns) names.push_back("'" + column.name + "'");
    return names.size() > most_told ? std::string() : listed(names);
}

enum class Indexed { no, yes, unique };

Indexed indexed(const TableDescription& table, const std::string& column) {
    Indexed found = Indexed::no;
    for (const auto& index : table.indexes) {
        if (index.columns.empty() || !is_column(index.columns.front(), column)) continue;
        const bool alone = index.unique && index.columns.size() == 1;
        found = std::max(found, alone ? Indexed::unique : Indexed::yes);
    }
    return found;
}

/// What the column's collation and character set mean for looking up.
std::string about_collation(const db::ColumnFacts& column) {
    if (column.collation.empty()) return {};
    std::string text = "; collation " + column.collation;
    text += column.collation.ends_with("_bin") ? ", to which case matters" : ", whose look-alikes are refused in code";
    if (column.charset != "utf8mb4") text += "; what " + column.charset + " cannot hold is never found";
    return text;
}

bool needs_prefix(const db::ColumnFacts& column) {
    return column.type.ends_with("text") || column.type.ends_with("blob");
}

Check unindexed(const TableDescription& table, const db::ColumnFacts& column, const std::string& key) {
    return warning(users_area, "'" + column.name + "' ('" + key + "') has no index: each look-up reads the whole table",
                   "CREATE INDEX " + db::backquoted("pwreset_" + column.name) + " ON " + quoted(table) + " (" +
                       db::backquoted(column.name) + (needs_prefix(column) ? "(190))" : ")"));
}

/// A column that identities are looked up in.
Check judge_lookup(const TableDescription& table, const db::ColumnFacts& column, const std::string& key) {
    const Indexed index = indexed(table, column.name);
    std::string finding = "'" + column.name + "' ('" + key + "'): ";
    if (table.facts->view) {
        finding += "in a view, so see to the indexes behind it yourself";
    } else if (index == Indexed::no) {
        return unindexed(table, column, key);
    } else {
        finding += index == Indexed::unique ? "unique index" : "index, not unique: duplicates answer AMBIGUOUS_USER";
    }
    return fine(users_area, finding + about_collation(column));
}

/// The key is stored as text, and found again by it: so it has to be one.
std::optional<Check> judge_key_type(const db::ColumnFacts& column, const std::string& declared) {
    constexpr std::array text{"char", "varchar", "tinytext", "text", "mediumtext", "longtext"};
    constexpr std::array bytes{"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"};
    const auto is_one_of = [&](const auto& types) {
        return std::find(types.begin(), types.end(), column.type) != types.end();
    };
    const std::string subject = "the key '" + column.name + "' is " + column.type;
    if (is_one_of(text) && column.bytes > static_cast<std::int64_t>(db::longest_key)) {
        return warning(users_area, subject + " of up to " + std::to_string(column.bytes) + " bytes",
                       "accounts whose key is longer than 64 bytes cannot be reset");
    }
    if (!is_one_of(bytes)) return {};
    const bool packed = declared.empty() ? column.type == "binary" && column.bytes == 16 : declared != "text";
    if (packed) {
        return fine(users_area, subject + "(" + std::to_string(column.bytes) + "), read as a UUID" +
                                    (declared.ends_with("swapped") ? " whose time comes first" : ""));
    }
    return warning(users_area, subject + ": an account is refused where its bytes read as no text",
                   "say how they read: id = { column = \"" + column.name + "\", type = \"uuid-binary16\" }");
}

/// Whether an index allows no two accounts of one scope with the same key.
bool is_unique_key(const TableDescription& table, const UsersConfig& config) {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const db::IndexFacts& index) {
        return index.unique && std::all_of(index.columns.begin(), index.columns.end(), [&](const std::string& column) {
                   return is_column(column, config.id) || is_column(column, config.scope.column);
               });
    });
}

Checks judge_key(const TableDescription& table, const db::ColumnFacts& column, const UsersConfig& config) {
    Checks checks;
    if (!table.key_fault.empty()) {
        checks.push_back(problem(users_area, "the key '" + column.name + "' cannot be used: " + table.key_fault,
                                 "name another key in [users] id"));
    } else if (auto check = judge_key_type(column, config.id_type)) {
        checks.push_back(std::move(*check));
    }
    if (table.facts->view || config.id_kept_unique || is_unique_key(table, config)) return checks;
    checks.push_back(problem(users_area, "'" + column.name + "' ('users.id') is not unique: it names no single account",
                             "name the primary key in [users] id, or what tells its accounts apart: scope = { column = "
                             "\"tenant_id\", value = \"1\" }"));
    return checks;
}

std::vector<Named> named(const std::vector<NamedColumn>& columns) {
    std::vector<Named> out;
    for (const auto& column : columns) out.push_back({column.name, std::string(column.facts->key)});
    return out;
}

std::string size_of(const TableDescription& table) {
    if (table.facts->view) return "a view";
    return table.facts->rows == 0 ? "there" : "there, about " + std::to_string(table.facts->rows) + " rows";
}

}  // namespace

TableDescription describe_table(db::Session& session, const DatabaseConfig& config, const std::string& name) {
    TableDescription out;
    std::tie(out.schema, out.name) = db::schema_and_table(config.name, name);
    out.facts = db::table_facts(session, out.schema, out.name);
    if (!out.facts) {
        out.neighbours = db::table_names(session, out.schema);
        return out;
    }
    out.columns = db::columns(session, out.schema, out.name);
    out.indexes = db::indexes(session, out.schema, out.name);
    return out;
}

Checks judge_users(const UsersConfig& config, const TableDescription& table) {
    if (auto absent = judge_presence(table, "users.table")) return {std::move(*absent)};
    Checks checks;
    const auto columns = columns_of(config);
    for (const auto& one : columns) {
        auto absent = judge_column(table, {one.name, std::string(one.facts->key)});
        if (!absent) continue;
        // Who never chooses accounts by it does without.
        if (one.facts->use == ColumnUse::selected) absent->level = Level::warning;
        checks.push_back(std::move(*absent));
    }
    if (checks.empty()) {
        checks.push_back(fine(users_area, "table " + quoted(table) + " is " + size_of(table) + ", with the " +
                                              std::to_string(columns.size()) + " columns of [users]"));
    }
    if (const auto* id = find_column(table, config.id)) {
        for (auto& check : judge_key(table, *id, config)) checks.push_back(std::move(check));
    }
    for (const auto& one : columns) {
        if (one.facts->use != ColumnUse::looked_up || one.facts->column == UsersColumn::id) continue;
        const auto* column = find_column(table, one.name);
        if (column) checks.push_back(judge_lookup(table, *column, std::string(one.facts->key)));
    }
    return checks;
}

Checks judge_other_table(const TableRead& read, const TableDescription& table) {
    if (read.optional && !table.facts) {
        return {fine(users_area, "table " + quoted(table) + " ('" + read.key +
                                     ".table') is not there, or closed to this login: nobody has a role by it")};
    }
    if (auto absent = judge_presence(table, read.key + ".table")) return {std::move(*absent)};
    Checks checks;
    for (const auto& one : read.columns) {
        auto absent = judge_column(table, {one.name, one.key});
        if (!absent) continue;
        if (const auto there = columns_there(table); !there.empty() && absent->remedy.starts_with("correct"))
            absent->remedy += ": there are " + there;
        checks.push_back(std::move(*absent));
    }
    const auto* user = read.user.empty() ? nullptr : find_column(table, read.user);
    if (user && !table.facts->view && indexed(table, user->name) == Indexed::no) {
        checks.push_back(unindexed(table, *user, read.key + ".user"));
    }
    if (!checks.empty() || read.user.empty()) return checks;
    const bool roles = read.fact == UsersColumn::role;
    checks.push_back(fine(
        users_area, (roles ? "roles are" : "'" + read.key + "' is") + " in " + quoted(table) + ", found by an index"));
    if (facts_of(read.fact).use != ColumnUse::looked_up) return checks;
    const auto named = std::find_if(read.columns.begin(), read.columns.end(),
                                    [](const auto& one) { return one.key.ends_with(".column"); });
    checks.push_back(judge_lookup(table, *find_column(table, named->name), read.key));
    return checks;
}

namespace {

Check judge_format(const TemporaryPasswordConfig& config, const std::vector<std::string>& hashes) {
    if (!config.side.hash.empty())
        return fine(users_area, "temporary passwords are stored in '" + config.side.hash + "', beside the other");
    if (const auto format = format_to_write(hashes, config.formats)) {
        const bool there = std::any_of(hashes.begin(), hashes.end(),
                                       [&](const auto& hash) { return password_format(hash) == format; });
        return fine(users_area, "temporary passwords are stored as " + form_of(*format) +
                                    (there ? ", as the recent ones are" : ", as 'formats' says"));
    }
    const std::string foreign = name_of_foreign(hashes);
    if (foreign.empty()) {
        return warning(users_area, "no account has a password yet, so it is not known how they are stored",
                       "look again when there is one: until then no temporary password is sent");
    }
    return problem(users_area, "passwords are stored as " + foreign + ": no temporary password can be sent",
                   std::string(name_better) + "; else write enabled = false");
}

Checks judge_sessions(const SessionTable& rows, const TableDescription& table) {
    const std::string key = "temporary_password." + rows.key;
    if (auto absent = judge_presence(table, key)) return {std::move(*absent)};
    std::vector<Named> columns{{rows.user, key + ".user"}};
    for (const auto& [column, constant] : rows.where) columns.push_back({column, key + ".where"});
    Checks checks;
    for (const Named& one : columns) {
        if (auto absent = judge_column(table, one)) checks.push_back(std::move(*absent));
    }
    if (!checks.empty() || table.facts->view) return checks;
    const auto* user = find_column(table, rows.user);
    if (indexed(table, user->name) == Indexed::no) checks.push_back(unindexed(table, *user, key + ".user"));
    return checks;
}

void append(Checks& checks, const Checks& more) { checks.insert(checks.end(), more.begin(), more.end()); }

}  // namespace

Checks judge_temporary_passwords(const TemporaryPasswordConfig& config, const TableDescription& users,
                                 const std::vector<TableDescription>& sessions,
                                 const std::vector<std::string>& hashes) {
    Checks checks;
    for (const auto& one : named(columns_of(config))) {
        if (auto absent = judge_column(users, one)) checks.push_back(std::move(*absent));
    }
    for (std::size_t i = 0; i < sessions.size(); ++i) append(checks, judge_sessions(config.sessions[i], sessions[i]));
    checks.push_back(judge_format(config, hashes));
    return checks;
}

Checks check_phone_numbers(const UsersConfig& config) {
    if (config.phone.empty()) return {};
    try {
        parse_phone("1", config.phone_region);
    } catch (const Error& error) {
        return {problem(users_area, error.message, error.hint)};
    }
    return {fine(users_area, "phone numbers without a country code are of '" + config.phone_region + "'")};
}

Checks check_users(db::Session& session, const Config& config) {
    auto users = describe_table(session, config.database, config.users.table);
    if (users.facts && find_column(users, config.users.id)) {
        const auto types = db::column_types(session, db::qualified(session, config.users.table), {config.users.id});
        users.key_fault = db::KeyForm(types.front(), config.users.id_type).fault();
    }
    Checks checks = judge_users(config.users, users);
    append(checks, check_phone_numbers(config.users));
    for (const auto& read : tables_read(config.users))
        append(checks, judge_other_table(read, describe_table(session, config.database, read.table)));
    const bool sound =
        std::none_of(checks.begin(), checks.end(), [](const Check& check) { return check.level == Level::problem; });
    if (sound) append(checks, check_users_values(session, config.users));
    const auto& passwords = config.temporary_password;
    const auto names = password_names(config);
    const auto held = names.table == config.users.table ? users : describe_table(session, config.database, names.table);
    const bool readable = held.facts && find_column(held, names.id) && find_column(held, names.password);
    if (!passwords.enabled || !readable) return checks;
    std::vector<TableDescription> sessions;
    for (const auto& rows : passwords.sessions)
        sessions.push_back(describe_table(session, config.database, rows.table));
    Checks stored = judge_temporary_passwords(passwords, held, sessions, db::recent_hashes(session, names, 50));
    const auto demand = table_of_demand(passwords);
    const auto demanding = demand ? describe_table(session, config.database, demand->table) : held;
    if (demand) append(stored, judge_other_table(*demand, demanding));
    append(stored, judge_written_columns(passwords, held, demanding));
    const bool named_well =
        std::none_of(stored.begin(), stored.end(), [](const Check& check) { return check.level == Level::problem; });
    append(checks, stored);
    if (named_well) append(checks, check_password_store(session, config));
    return checks;
}

}  // namespace pwreset
