#include "src/doctor/rights.h"

#include <algorithm>
#include <array>

#include "db/names.h"
#include "src/account/identity.h"
#include "src/base/ascii.h"
#include "src/config/users_columns.h"
#include "src/literals/grant.h"

namespace pwreset {

namespace {

constexpr const char* grants_area = "grants";
constexpr std::array data_rights{"SELECT", "INSERT", "UPDATE", "DELETE"};

template <typename Words>
bool among(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool same(const std::string& a, const std::string& b) { return ascii_lower(a) == ascii_lower(b); }

std::string columns_text(const std::vector<std::string>& columns) {
    std::vector<std::string> quoted;
    for (const auto& column : columns) quoted.push_back(db::backquoted(column));
    return columns.empty() ? "" : " (" + listed(quoted) + ")";
}

// --- too many -----------------------------------------------------------------------------------------------------

bool is_own(const RightsNeeded& needed, const Grant& grant) {
    return same(grant.schema, needed.own_schema) && ascii_lower(grant.table).starts_with("pwreset_");
}

/// Reading more of a table than is needed is not told, writing more of it is.
bool is_needed(const TableRights& table, const Privilege& privilege) {
    if (!among(table.rights, privilege.name)) return false;
    if (privilege.name != "UPDATE" || table.columns.empty()) return true;
    return !privilege.columns.empty() &&
           std::all_of(privilege.columns.begin(), privilege.columns.end(), [&](const std::string& given) {
               return std::any_of(table.columns.begin(), table.columns.end(),
                                  [&](const std::string& column) { return same(column, given); });
           });
}

/// Whether pwreset has a use for the right where the grant gives it.
bool has_use(const RightsNeeded& needed, const Grant& grant, const Privilege& privilege) {
    const std::string& right = privilege.name;
    if (right == "USAGE") return true;
    if (grant.on == Grant::On::schema) {
        // A schema of pwreset's own may be opened as a whole; one with the application's tables may not.
        const bool ours_alone =
            schema_matches(grant.schema, needed.own_schema) && !schema_matches(grant.schema, needed.application_schema);
        return ours_alone && among(data_rights, right);
    }
    if (grant.on != Grant::On::table) return false;
    if (is_own(needed, grant)) return among(data_rights, right);
    return std::any_of(needed.tables.begin(), needed.tables.end(), [&](const TableRights& table) {
        return same(table.schema, grant.schema) && same(table.table, grant.table) && is_needed(table, privilege);
    });
}

/// Whether pwreset may live on what such a grant gives: then the least has to be granted before it is taken away.
bool may_be_relied_on(const Grant& grant) {
    if (grant.on != Grant::On::everything && grant.on != Grant::On::schema) return false;
    return std::any_of(grant.privileges.begin(), grant.privileges.end(), [](const Privilege& privilege) {
        return privilege.name.starts_with("ALL") || among(data_rights, privilege.name);
    });
}

/// The excess of one grant: a warning, and the statement that takes it away.
Checks judge_excess(const RightsNeeded& needed, const Grant& grant, const std::string& login) {
    if (grant.on == Grant::On::role) return {};
    std::vector<std::string> excess;
    for (const auto& privilege : grant.privileges) {
        if (!has_use(needed, grant, privilege)) excess.push_back(privilege.name + columns_text(privilege.columns));
    }
    const std::string from = " ON " + grant.target + " FROM " + grant.grantee;
    std::string remedy = excess.empty() ? "" : "REVOKE " + listed(excess) + from;
    if (grant.may_pass_on) {
        // PROXY goes with its option; of a column right the option is the table's.
        if (grant.privileges.front().name != "PROXY")
            remedy += (remedy.empty() ? "" : "; ") + ("REVOKE GRANT OPTION" + from);
        excess.emplace_back("GRANT OPTION");
    }
    if (excess.empty()) return {};
    if (may_be_relied_on(grant)) remedy = "after the grants of packaging/grants: " + remedy;
    return {warning(grants_area,
                    "login '" + login + "' may do more than it needs: " + listed(excess) + " on " + grant.target,
                    remedy)};
}

// --- too few ------------------------------------------------------------------------------------------------------

bool reaches(const Grant& grant, const TableRights& table) {
    if (grant.on == Grant::On::everything) return true;
    if (grant.on == Grant::On::schema) return schema_matches(grant.schema, table.schema);
    return grant.on == Grant::On::table && same(grant.schema, table.schema) && same(grant.table, table.table);
}

/// The columns on which a right is still missing; "" stands for the table.
std::vector<std::string> uncovered(const std::vector<Grant>& grants, const TableRights& table,
                                   const std::string& right) {
    std::vector<std::string> left = table.columns;
    if (left.empty()) left.emplace_back();
    for (const auto& grant : grants) {
        if (!reaches(grant, table)) continue;
        for (const auto& privilege : grant.privileges) {
            if (privilege.name == "ALL PRIVILEGES" || privilege.name == "ALL") return {};
            if (privilege.name != right) continue;
            // Which columns of our own tables a role writes is told by packaging/grants alone.
            if (privilege.columns.empty() || table.columns.empty()) return {};
            std::erase_if(left, [&](const std::string& column) {
                return std::any_of(privilege.columns.begin(), privilege.columns.end(),
                                   [&](const std::string& given) { return same(given, column); });
            });
        }
    }
    return left;
}

/// The rights missing on one table, as a statement names them: "DELETE", "SELECT (`id`)".
std::vector<std::string> missing_rights(const std::vector<Grant>& grants, const TableRights& table) {
    std::vector<std::string> missing;
    for (const auto& right : table.rights) {
        const auto columns = uncovered(grants, table, right);
        if (!columns.empty()) missing.push_back(right + (table.columns.empty() ? "" : columns_text(columns)));
    }
    return missing;
}

std::string quoted_table(const TableRights& table) {
    return db::backquoted(table.schema) + "." + db::backquoted(table.table);
}

/// The login as a statement names it.
std::string account_of(const std::string& login) {
    const auto at = login.rfind('@');
    return db::backquoted(login.substr(0, at)) + (at == login.npos ? "" : "@" + db::backquoted(login.substr(at + 1)));
}

/// What is missing on one table: a problem, or a warning where a role may give what its line does not say.
Checks judge_missing(const std::vector<Grant>& grants, const TableRights& table, const std::string& login) {
    const auto missing = missing_rights(grants, table);
    if (missing.empty()) return {};
    const std::string target = quoted_table(table);
    const std::string remedy = "GRANT " + listed(missing) + " ON " + target + " TO " + account_of(login);
    const bool by_role =
        std::any_of(grants.begin(), grants.end(), [](const Grant& grant) { return grant.on == Grant::On::role; });
    if (!by_role)
        return {problem(grants_area, "login '" + login + "' lacks " + listed(missing) + " on " + target, remedy)};
    return {warning(grants_area,
                    "login '" + login + "' has " + listed(missing) + " on " + target + " by a role at best", remedy)};
}

/// What only some commands need, in one line: it may be missing on purpose.
Checks judge_missing_by_role(const std::vector<Grant>& grants, const RightsNeeded& needed, const std::string& login) {
    std::vector<std::string> lacks;
    std::string statements;
    for (const auto& table : needed.tables) {
        if (!table.by_role) continue;
        const auto missing = missing_rights(grants, table);
        if (missing.empty()) continue;
        lacks.push_back(listed(missing) + " on " + table.table);
        statements += "; GRANT " + listed(missing) + " ON " + quoted_table(table) + " TO " + account_of(login);
    }
    if (lacks.empty()) return {};
    return {warning(grants_area, "login '" + login + "' is not for all commands: it lacks " + listed(lacks),
                    "leave it where each role has a login of its own (packaging/grants); else" + statements.substr(1))};
}

}  // namespace

const std::vector<TableRights>& own_table_rights() {
    constexpr bool by_role = true;
    static const std::vector<TableRights> rights{
        {"", "pwreset_schema", {"SELECT"}, {}},
        {"", "pwreset_leases", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {}},
        {"", "pwreset_keys", {"SELECT"}, {}},
        {"", "pwreset_keys", {"INSERT", "UPDATE"}, {}, by_role},
        {"", "pwreset_audit", {"SELECT", "INSERT", "UPDATE"}, {}},
        {"", "pwreset_audit", {"DELETE"}, {}, by_role},
        {"", "pwreset_checkpoints", {"SELECT"}, {}},
        {"", "pwreset_checkpoints", {"INSERT", "UPDATE"}, {}, by_role},
        {"", "pwreset_proofs", {"SELECT", "INSERT", "DELETE"}, {}, by_role},
        {"", "pwreset_jobs", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {}, by_role},
        {"", "pwreset_job_rows", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {}, by_role},
        {"", "pwreset_job_pages", {"SELECT", "INSERT", "DELETE"}, {}, by_role},
        {"", "pwreset_deliveries", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {}, by_role},
        {"", "pwreset_tokens", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {}, by_role},
        {"", "pwreset_limits", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {}, by_role},
        {"", "pwreset_web_limits", {"SELECT", "INSERT", "UPDATE", "DELETE"}, {}, by_role},
        {"", "pwreset_intake", {"SELECT", "INSERT", "DELETE"}, {}, by_role}};
    return rights;
}

void add_demand_rights(const Config& config, RightsNeeded& needed) {
    constexpr bool by_role = true;
    const auto& passwords = config.temporary_password;
    const auto demand = table_of_demand(passwords);
    const std::string& name = demand ? demand->table : table_of_passwords(config.users);
    const auto [schema, table] = db::schema_and_table(config.database.name, name);
    std::vector<std::string> read{passwords.must_change};
    if (demand) {
        for (const auto& column : demand->columns) {
            if (!among(read, column.name)) read.push_back(column.name);
        }
        needed.tables.push_back({schema, table, {"INSERT"}, {}, by_role});
    }
    needed.tables.push_back({schema, table, {"SELECT"}, read, by_role});
    needed.tables.push_back({schema, table, {"UPDATE"}, {passwords.must_change}, by_role});
}

namespace {

/// What storing temporary passwords takes, which only some of the roles do.
void add_temporary_password(const Config& config, RightsNeeded& needed) {
    constexpr bool by_role = true;
    const auto& passwords = config.temporary_password;
    if (!passwords.enabled) return;
    const auto before = static_cast<std::ptrdiff_t>(needed.tables.size());
    std::vector<std::string> written;
    if (passwords.side.hash.empty()) written.push_back(config.users.password);
    for (const auto& column : columns_of(passwords)) written.push_back(column.name);
    const auto [schema, table] = db::schema_and_table(config.database.name, table_of_passwords(config.users));
    needed.tables.push_back({schema, table, {"UPDATE"}, written, by_role});
    std::vector<std::string> compared;
    for (const auto& column : columns_of(passwords)) {
        if (column.facts->use == ColumnUse::compared) compared.push_back(column.name);
    }
    if (!compared.empty()) needed.tables.push_back({schema, table, {"SELECT"}, compared, by_role});
    if (passwords.must_change_in.given()) add_demand_rights(config, needed);
    for (const auto& rows : passwords.sessions) {
        const auto [session_schema, sessions] = db::schema_and_table(config.database.name, rows.table);
        std::vector<std::string> columns{rows.user};
        for (const auto& [column, constant] : rows.where) columns.push_back(column);
        needed.tables.push_back({session_schema, sessions, {"SELECT"}, columns, by_role});
        needed.tables.push_back({session_schema, sessions, {"DELETE"}, {}, by_role});
    }
    std::for_each(needed.tables.begin() + before, needed.tables.end(), [](auto& one) { one.of_passwords = true; });
}

}  // namespace

namespace {

/// SELECT on what is read of another table, with what is read of it for something else.
void add_reading(const Config& config, const TableRead& read, RightsNeeded& needed) {
    const auto [schema, name] = db::schema_and_table(config.database.name, read.table);
    auto& tables = needed.tables;
    const auto is_it = [schema = schema, name = name](const TableRights& one) {
        return one.schema == schema && one.table == name;
    };
    if (std::none_of(tables.begin(), tables.end(), is_it)) tables.push_back({schema, name, {"SELECT"}, {}});
    auto& columns = std::find_if(tables.begin(), tables.end(), is_it)->columns;
    for (const auto& column : read.columns) {
        if (!among(columns, column.name)) columns.push_back(column.name);
    }
}

}  // namespace

RightsNeeded rights_needed(const Config& config, bool own_tables) {
    const auto& users = config.users;
    RightsNeeded needed{
        config.database.name, config.database.schema.empty() ? config.database.name : config.database.schema, {}};
    const auto [schema, table] = db::schema_and_table(config.database.name, users.table);
    needed.tables.push_back({schema, table, {"SELECT"}, columns_read(users)});
    const auto selected = columns_read(users, true);
    if (!selected.empty()) needed.tables.push_back({schema, table, {"SELECT"}, selected, true, false, true});
    for (const auto& read : tables_read(users)) {
        // No right can be given on what is not there.
        if (!read.optional) add_reading(config, read, needed);
    }
    add_temporary_password(config, needed);
    if (!own_tables) return needed;
    for (auto own : own_table_rights()) {
        own.schema = needed.own_schema;
        needed.tables.push_back(std::move(own));
    }
    return needed;
}

Checks judge_rights(const db::LoginFacts& login, const RightsNeeded& needed) {
    Checks checks;
    std::vector<Grant> grants;
    for (const auto& line : login.grants) {
        if (auto grant = parse_grant(line)) {
            grants.push_back(std::move(*grant));
        } else if (line.starts_with("GRANT ")) {
            checks.push_back(warning(grants_area, "a grant of login '" + login.login + "' is written in an unknown way",
                                     "look at SHOW GRANTS yourself"));
        }
    }
    for (const auto& grant : grants) {
        for (auto& check : judge_excess(needed, grant, login.login)) checks.push_back(std::move(check));
    }
    for (const auto& table : needed.tables) {
        if (table.by_role) continue;
        for (auto& check : judge_missing(grants, table, login.login)) checks.push_back(std::move(check));
    }
    for (auto& check : judge_missing_by_role(grants, needed, login.login)) checks.push_back(std::move(check));
    if (checks.empty())
        checks.push_back(fine(grants_area, "login '" + login.login + "' has the rights it needs, and no others"));
    return checks;
}

}  // namespace pwreset
