#include "db/app/roles.h"

#include <algorithm>

#include "db/app/condition.h"
#include "db/app/key_proof.h"
#include "db/app/rows_of_accounts.h"
#include "db/app/state.h"
#include "db/inventory.h"
#include "db/names.h"
#include "src/base/ascii.h"

namespace pwreset::db {

namespace {

constexpr std::size_t most_values = 200;
constexpr int seconds_to_look = 2;
constexpr const char* rows_of_a_sample = "20000";

/// So many steps up: who nests roles deeper than that protects those above by their own.
constexpr int most_steps_up = 8;

/// The column by which names are found.
std::string found_by(const RoleSource& source) {
    return source.through.given() ? "t." + backquoted(source.through.to) : "r." + backquoted(source.column);
}

/// What the table with the names of roles adds to a query.
std::string joined_names(const Session& session, const RoleSource& source) {
    if (source.names_table.empty()) return {};
    return " LEFT JOIN " + qualified(session, source.names_table) + " n ON n." + backquoted(source.names_id) + " = " +
           found_by(source);
}

/// What leads from a row of the source to its names: the rows for it, and for what stands above it.
std::string joined_between(const Session& session, const RoleSource& source) {
    if (!source.through.given()) return {};
    std::string joined;
    std::string held = "r." + backquoted(source.column);
    std::string all = held;
    for (int step = 1; source.up.given() && step <= most_steps_up; ++step) {
        const std::string alias = "u" + std::to_string(step);
        joined += " LEFT JOIN " + qualified(session, source.up.table) + " " + alias + " ON " + alias + "." +
                  backquoted(source.up.id) + " = " + held;
        held = alias + "." + backquoted(source.up.parent);
        all += ", " + held;
    }
    return joined + " LEFT JOIN " + qualified(session, source.through.table) + " t ON t." +
           backquoted(source.through.from) + " IN (" + all + ")";
}

/// The role; a key without a name stays a key.
std::string role_text(const RoleSource& source, const RoleTypes& types) {
    const std::string role = source.through.given() ? readable(types.to, source.through.to, "t.")
                                                    : readable(types.role, source.column, "r.");
    if (source.names_table.empty()) return role;
    return "COALESCE(n." + backquoted(source.names_name) + ", CAST(" + role + " AS CHAR))";
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

}  // namespace

RoleTypes with_types_behind(Session& session, const RoleSource& source, RoleTypes types) {
    if (source.through.given())
        types.to = column_types(session, qualified(session, source.through.table), {source.through.to}).front();
    std::vector<std::string> flags;
    for (const auto& [role, flag] : source.names_flags) flags.push_back(flag);
    if (!flags.empty()) types.flags = column_types(session, qualified(session, source.names_table), flags);
    return types;
}

std::string list_of(const RoleSource& source, const ColumnType& type) {
    if (!source.list.empty() || !source.names_table.empty()) return source.list;
    if (type.holds == Holds::json) return "json";
    return type.holds == Holds::set ? "set" : "";
}

// cppcheck-suppress constParameter
RolesByAccount roles_of(Session& session, const RoleSource& source, const RoleTypes& types,
                        const std::vector<std::string>& accounts) {
    const std::string list = list_of(source, types.role);
    RolesByAccount roles;
    std::vector<std::string> wanted{role_text(source, types)};
    for (std::size_t i = 0; i < source.names_flags.size(); ++i)
        wanted.push_back(readable(types.flags.at(i), source.names_flags[i].second, "n."));
    const auto rows = rows_of(session,
                              {.of = source.in,
                               .cells = wanted,
                               .joined = joined_between(session, source) + joined_names(session, source),
                               .whose = Whose::by_the_database},
                              types.user, accounts);
    for (const auto& [account, held] : rows) {
        auto& of_account = roles[account];
        for (const auto& cells : held) {
            if (cells.front()) of_account.emplace_back(*cells.front(), list);
            for (std::size_t i = 0; i < source.names_flags.size(); ++i) {
                if (auto role = role_by_flag(source.names_flags[i].first, cells.at(i + 1)))
                    of_account.push_back(std::move(*role));
            }
        }
    }
    return roles;
}

std::optional<StoredRole> role_by_flag(const std::string& role, const std::optional<std::string>& value) {
    if (!is_set(value)) return {};
    return StoredRole(role, "", read_state(value).says == Says::yes);
}

std::vector<std::string> lists_of_holders(Session& session, const RoleHolders& holders) {
    if (holders.optional) {
        const auto [schema, table] = schema_and_table(session.application_schema_name(), holders.table);
        if (!table_facts(session, schema, table)) return {};
    }
    Params params;
    const std::string where = where_constants(holders.where, "", params);
    std::vector<std::string> lists;
    for (const Row& row : session.rows("SELECT " + backquoted(holders.column) + " FROM " +
                                           qualified(session, holders.table) + " WHERE 1 = 1" + where + " LIMIT 1000",
                                       params))
        lists.push_back(row.text(0));
    return lists;
}

bool names_holder(const RoleHolders& holders, const std::string& list, const std::string& name) {
    if (name.empty()) return false;
    const std::string text = ascii_lower(list);
    const std::string wanted = ascii_lower(name);
    const auto ends = [&](std::size_t at) {
        if (at >= text.size()) return !holders.quoted;
        if (holders.quoted) return text[at] == '"';
        const char c = text[at];
        return !is_alphanumeric(c) && static_cast<unsigned char>(c) < 0x80 && c != '_' && c != '-' && c != '.' &&
               c != '@';
    };
    for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1)) {
        const bool begins = at == 0 ? !holders.quoted : ends(at - 1);
        if (begins && ends(at + wanted.size())) return true;
    }
    return false;
}

namespace {

/// Adds the roles of flags that are set in some row of the table of names.
void add_flagged(Session& session, const RoleSource& source, const RoleTypes& types, Values& values) {
    const std::string from = " FROM " + qualified(session, source.names_table) + " n WHERE 1 = 1";
    for (std::size_t i = 0; i < source.names_flags.size(); ++i) {
        const auto& [role, flag] = source.names_flags[i];
        const auto held = distinct(session, readable(types.flags.at(i), flag, "n."), from, {});
        if (std::any_of(held.found.begin(), held.found.end(), is_set)) values.found.emplace_back(role);
    }
}

}  // namespace

Values role_values(Session& session, const RoleSource& source, const RoleTypes& types,
                   const std::vector<std::string>& words) {
    Params params;
    const std::string conditions = where_constants(source.in.where, "r.", params);
    const std::string value = role_text(source, types);
    const bool through = source.through.given();
    const std::string from = " FROM " + qualified(session, through ? source.through.table : source.in.table) +
                             (through ? " t" : " r") + joined_names(session, source) + " WHERE 1 = 1" + conditions;
    Values values = distinct(session, value, from, params);
    look_for(session, value, from, params, words, values);
    values.list = list_of(source, types.role);
    add_flagged(session, source, types, values);
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
