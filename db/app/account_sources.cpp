// What other tables have of a page of accounts: identities, hashes, roles, what refuses them.
#include <algorithm>

#include "db/app/accounts.h"
#include "db/app/condition.h"
#include "db/app/key_proof.h"
#include "db/names.h"
#include "src/base/ascii.h"

namespace pwreset::db {

namespace {

std::vector<std::string> keys_of(std::span<const AccountRow> accounts) {
    std::vector<std::string> ids;
    for (const auto& account : accounts) ids.push_back(account.id);
    return ids;
}

/// Puts the value in its place; nothing: there is none.
void set_value(AccountRow& account, UsersColumn column, const std::optional<std::string>& value) {
    if (column == UsersColumn::email) account.email = value.value_or("");
    if (column == UsersColumn::phone) account.phone = value.value_or("");
    if (column == UsersColumn::login) account.login = value.value_or("");
    if (column == UsersColumn::password) account.password = value;
}

/// The values of the rows, each once. Of hashes each row counts: one is replaced, and it must be the only one.
std::vector<std::optional<std::string>> values_in(const std::vector<Cells>& rows, UsersColumn column) {
    std::vector<std::optional<std::string>> values;
    for (const auto& cells : rows) {
        const auto& value = cells.front();
        const bool again = std::find(values.begin(), values.end(), value) != values.end();
        if (column == UsersColumn::password || (value && !again)) values.push_back(value);
    }
    return values;
}

/// Gives the role to those that the setting lists.
void add_holders(Session& session, const RoleHolders& holders, std::span<AccountRow> accounts) {
    const auto lists = lists_of_holders(session, holders);
    for (auto& account : accounts) {
        const std::string& name = holders.by_login ? account.login : account.id;
        const auto lists_it = [&](const std::string& list) { return names_holder(holders, list, name); };
        if (std::any_of(lists.begin(), lists.end(), lists_it)) account.roles.emplace_back(holders.role);
    }
}

}  // namespace

Accounts::Source Accounts::source(const OtherTable& in, const std::string& column) {
    const auto known = std::find_if(sources_.begin(), sources_.end(), [&](const Source& one) {
        return one.in.table == in.table && one.in.user == in.user && one.column == column;
    });
    if (known != sources_.end()) return *known;
    std::vector<std::string> columns{in.user};
    if (!column.empty()) columns.push_back(column);
    const auto types = column_types(session_, qualified(session_, in.table), columns);
    sources_.push_back({in, column, {KeyForm(types.front(), names_.id_type), types.back()}});
    return sources_.back();
}

void Accounts::load_elsewhere(std::span<AccountRow> accounts) {
    if (accounts.empty()) return;
    for (const auto& [column, in] : names_.elsewhere) {
        const std::string& name = names_.name(column);
        const auto from = source(in, name);
        const auto found = rows_of(session_, {.of = in, .cells = {readable(from.types.role, name, "r.")}},
                                   from.types.user, keys_of(accounts));
        for (auto& account : accounts) {
            const auto rows = found.find(account.id);
            const auto values =
                rows == found.end() ? std::vector<std::optional<std::string>>() : values_in(rows->second, column);
            set_value(account, column, values.size() == 1 ? values.front() : std::nullopt);
            if (rows == found.end())
                account.unclear = "'" + in.table + "' names accounts by another sort of key";
            else if (values.size() > 1)
                account.unclear =
                    "'" + in.table + "' has " + std::to_string(values.size()) + " values of '" + name + "' for it";
        }
    }
}

void Accounts::load_roles(std::span<AccountRow> accounts) {
    if (accounts.empty()) return;
    for (const auto& role_source : names_.roles) {
        if (role_source.holders.given()) add_holders(session_, role_source.holders, accounts);
        if (!role_source.in.given()) continue;
        const auto from = source(role_source.in, role_source.column);
        const auto types = with_types_behind(session_, role_source, from.types);
        const auto roles = roles_of(session_, role_source, types, keys_of(accounts));
        for (auto& account : accounts) {
            const auto found = roles.find(account.id);
            if (found != roles.end()) {
                account.roles.insert(account.roles.end(), found->second.begin(), found->second.end());
                continue;
            }
            account.enabled = account.state_known = false;
            account.state = "the roles in '" + role_source.in.table + "' are of accounts with another sort of key";
        }
    }
}

void Accounts::load_conditions(std::span<AccountRow> accounts) {
    if (accounts.empty()) return;
    const auto load = [&](const Condition& condition, std::vector<std::string> AccountRow::*told) {
        if (!condition.in.given()) return;
        const auto from = source(condition.in, condition.column);
        RowsWanted wanted{
            .of = condition.in, .cells = {}, .whose = condition.none ? Whose::by_its_bytes : Whose::by_the_database};
        if (!condition.column.empty()) wanted.cells = {readable(from.types.role, condition.column, "r.")};
        const auto found = rows_of(session_, wanted, from.types.user, keys_of(accounts));
        const auto is_met = [&](const Cells& cells) { return cells.empty() || meets(condition, cells.front()); };
        for (auto& account : accounts) {
            const auto rows = found.find(account.id);
            if (rows == found.end()) {
                account.unclear = "'" + condition.in.table + "' names accounts by another sort of key";
            } else if (std::any_of(rows->second.begin(), rows->second.end(), is_met) != condition.none) {
                (account.*told).push_back(condition.words);
            }
        }
    };
    for (const auto& condition : names_.refuse) load(condition, &AccountRow::refused);
    for (const auto& condition : names_.blocked_by) load(condition, &AccountRow::blocked);
}

void Accounts::complete(std::span<AccountRow> accounts) {
    prepare();
    load_elsewhere(accounts);
    load_roles(accounts);
    load_conditions(accounts);
}

std::vector<AccountRow> Accounts::owners(AccountKey key, const std::string& condition, Params& params, int seconds) {
    const auto& in = *other_table(key);
    const auto from = source(in, column(key));
    const std::string sql = "SELECT " + from.types.user.selected(in.user, "r.") + ", " +
                            readable(from.types.role, column(key), "r.") + " FROM " + qualified(session_, in.table) +
                            " r WHERE " + condition + where_constants(in.where, "r.", params) + " LIMIT 200";
    const auto rows = seconds > 0 ? session_.rows_within(seconds, sql, params) : session_.rows(sql, params);
    std::multimap<std::string, std::string> values;
    std::vector<std::string> ids;
    for (const Row& row : rows) {
        const auto owner = from.types.user.text(row.optional_text(0));
        if (!owner) continue;
        values.emplace(*owner, row.text(1));
        for (auto& spelling : key_.spellings(*owner)) ids.push_back(std::move(spelling));
    }
    Params of_users;
    const std::string named = is_one_of(ids, of_users);
    if (named.empty()) return {};
    std::vector<AccountRow> found;
    for (const auto& account : select(named + in_scope(names_, of_users), of_users)) {
        auto spellings = from.types.user.spellings(account.id);
        std::sort(spellings.begin(), spellings.end());
        spellings.erase(std::unique(spellings.begin(), spellings.end()), spellings.end());
        for (const auto& spelling : spellings) {
            const auto [begin, end] = values.equal_range(spelling);
            for (auto each = begin; each != end; ++each) {
                found.push_back(account);
                const auto column = key == AccountKey::email   ? UsersColumn::email
                                    : key == AccountKey::phone ? UsersColumn::phone
                                                               : UsersColumn::login;
                set_value(found.back(), column, each->second);
            }
        }
    }
    return found;
}

Values Accounts::values_of(const RoleSource& role_source, const std::vector<std::string>& words) {
    if (role_source.in.given()) {
        const auto from = source(role_source.in, role_source.column);
        return db::role_values(session_, role_source, with_types_behind(session_, role_source, from.types), words);
    }
    if (!role_source.column.empty()) {
        const auto type = type_of(role_source.column);
        Values values = column_values(session_, names_, role_source.column, type, words);
        values.list = list_of(role_source, type);
        return values;
    }
    Values values;
    if (role_source.holders.given()) {
        const auto lists = lists_of_holders(session_, role_source.holders);
        const auto names_some = [](const std::string& list) {
            return std::any_of(list.begin(), list.end(), is_alphanumeric);
        };
        if (std::any_of(lists.begin(), lists.end(), names_some)) values.found.emplace_back(role_source.holders.role);
    }
    for (const auto& [role, flag] : role_source.flags) {
        const auto held = column_values(session_, names_, flag, type_of(flag));
        const bool by_some = std::any_of(held.found.begin(), held.found.end(), is_set);
        if (by_some) values.found.emplace_back(role);
        values.all = values.all && (held.all || by_some);
    }
    for (const auto& [key, role] : role_source.keys) {
        if (!without_roles(key_.spellings(key)).empty()) values.found.emplace_back(role);
    }
    return values;
}

std::vector<Values> Accounts::role_values(const std::vector<std::string>& words) {
    prepare();
    std::vector<Values> values;
    for (const auto& one : names_.roles) values.push_back(values_of(one, words));
    return values;
}

}  // namespace pwreset::db
