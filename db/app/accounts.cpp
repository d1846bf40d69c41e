#include "db/app/accounts.h"

#include <algorithm>

#include "db/app/key_proof.h"
#include "db/app/state.h"
#include "db/names.h"
#include "db/value_list.h"
#include "src/base/printable.h"

namespace pwreset::db {

namespace {

/// A value from the database in a message: short, and no more than a word.
std::string shown_value(const std::optional<std::string>& value) {
    constexpr std::size_t longest = 40;
    if (!value) return "NULL";
    if (!is_utf8(*value)) return "bytes that are no text";
    return "'" + cut_bytes(*value, longest) + (value->size() > longest ? "…'" : "'");
}

}  // namespace

Accounts::Accounts(Session& session, UsersTable names) : session_(session), names_(std::move(names)) {}

/// Asks for the types of the columns, and puts the SELECT together.
void Accounts::prepare() {
    if (!selected_.empty()) return;
    std::vector<Selected> selected;
    std::vector<std::string> columns;
    for (const auto& facts : users_columns) {
        const bool is_read = facts.use == ColumnUse::looked_up || facts.use == ColumnUse::read;
        const std::string& name = names_.name(facts.column);
        if (!is_read || name.empty()) continue;
        selected.push_back({facts.column, name, {}});
        columns.push_back(name);
    }
    const std::string table = qualified(session_, names_.table);
    if (!names_.scope_column.empty()) columns.push_back(names_.scope_column);
    const auto types = column_types(session_, table, columns);
    if (!names_.scope_column.empty()) names_.scope_type = types.back();
    select_.clear();
    for (std::size_t i = 0; i < selected.size(); ++i) {
        selected[i].type = types[i];
        const bool is_id = selected[i].column == UsersColumn::id;
        if (is_id) key_ = KeyForm(types[i], names_.id_type);
        if (selected[i].column == UsersColumn::role) role_type_ = types[i];
        const std::string value = is_id ? key_.selected(columns[i]) : readable(types[i], columns[i]);
        select_ += (select_.empty() ? "SELECT " : ", ") + value;
    }
    select_ += " FROM " + table + " WHERE ";
    if (!names_.role_table.empty()) {
        const auto role_types =
            column_types(session_, qualified(session_, names_.role_table), {names_.role_user, names_.role_role});
        role_key_ = KeyForm(role_types.front(), names_.id_type);
        role_type_ = role_types.back();
    }
    selected_ = std::move(selected);
}

const KeyForm& Accounts::key_form() {
    prepare();
    return key_;
}

const std::string& Accounts::column(AccountKey key) const {
    switch (key) {
        case AccountKey::id:
            return names_.id;
        case AccountKey::email:
            return names_.email;
        case AccountKey::phone:
            return names_.phone;
        case AccountKey::login:
            break;
    }
    return names_.login;
}

std::optional<std::string> Accounts::cell(const Row& row, UsersColumn column) const {
    for (std::size_t i = 0; i < selected_.size(); ++i) {
        if (selected_[i].column == column) return row.optional_text(i);
    }
    return {};
}

/// Whether the account may sign in; what is none of the known forms is told, and never taken for yes.
void Accounts::judge_state(const Row& row, AccountRow& account) const {
    if (!names_.active.empty()) {
        const auto value = cell(row, UsersColumn::active);
        const auto read = read_state(value);
        const bool listed = !names_.active_values.empty();
        account.enabled = listed ? is_listed(value, names_.active_values) : read.says == Says::yes;
        account.state_known = listed || read.says != Says::nothing_known;
        const bool plain = std::string_view(read.form) == "flag" || std::string_view(read.form) == "no time";
        if (!account.enabled && (listed || !plain))
            account.state = "'" + names_.active + "' holds " + shown_value(value);
    }
    if (names_.disabled.empty() || !account.enabled) return;
    const auto value = cell(row, UsersColumn::disabled);
    const auto read = read_state(value);
    // A word for "ended" in a column that says who may not sign in is no "no".
    account.enabled = read.says == Says::no && std::string_view(read.form) != "word";
    if (!account.enabled && read.says != Says::yes)
        account.state = "'" + names_.disabled + "' holds " + shown_value(value);
}

AccountRow Accounts::account_of(const Row& row) const {
    const auto text = [&](UsersColumn column) { return cell(row, column).value_or(""); };
    AccountRow account{.id = key_.text(cell(row, UsersColumn::id)).value_or(""),
                       .email = text(UsersColumn::email),
                       .phone = text(UsersColumn::phone),
                       .login = text(UsersColumn::login),
                       .locale = text(UsersColumn::locale),
                       .password = cell(row, UsersColumn::password),
                       .enabled = true,
                       .roles = {}};
    judge_state(row, account);
    account.role_list = role_list();
    if (auto role = cell(row, UsersColumn::role)) account.roles.push_back(std::move(*role));
    return account;
}

/// How several roles stand in one value, where the configuration or the column's type says so.
std::string Accounts::role_list() const {
    if (!names_.role_list.empty() || !names_.names_table.empty()) return names_.role_list;
    if (role_type_.holds == Holds::json) return "json";
    return role_type_.holds == Holds::set ? "set" : "";
}

std::vector<AccountRow> Accounts::select(const std::string& condition, const Params& params) {
    std::vector<AccountRow> out;
    for (const Row& row : session_.rows(select_ + condition, params)) {
        out.push_back(account_of(row));
    }
    return out;
}

/// "`id` IN (…)" of those that the column can hold; empty where it can hold none.
std::string Accounts::is_one_of(const std::vector<std::string>& ids, Params& params) const {
    std::string list;
    for (const auto& id : ids) {
        const auto value = key_.value("id" + std::to_string(params.size()), id, params);
        if (value) list += (list.empty() ? "" : ", ") + *value;
    }
    return list.empty() ? list : backquoted(names_.id) + " IN (" + list + ")";
}

std::vector<AccountRow> Accounts::candidates(AccountKey key, const std::vector<std::string>& spellings) {
    prepare();
    Params params;
    std::string condition;
    if (key == AccountKey::id) {
        std::vector<std::string> ids;
        for (const auto& spelling : spellings) {
            for (auto& id : key_.spellings(spelling)) ids.push_back(std::move(id));
        }
        condition = is_one_of(ids, params);
        if (condition.empty()) return {};
    } else {
        condition = backquoted(column(key)) + " IN " + value_list("spelling", spellings, params);
    }
    try {
        return select(condition + in_scope(names_, params) + " LIMIT 200", params);
    } catch (const ForeignText&) {
        return {};
    }
}

std::vector<AccountRow> Accounts::without_roles(const std::vector<std::string>& ids) {
    prepare();
    Params params;
    const std::string condition = is_one_of(ids, params);
    if (condition.empty()) return {};
    auto accounts = select(condition + in_scope(names_, params), params);
    // The database compares numbers with texts, and capitals with small letters, leniently; we do not.
    std::erase_if(accounts, [&](const AccountRow& account) {
        return std::find(ids.begin(), ids.end(), account.id) == ids.end();
    });
    return accounts;
}

std::vector<AccountRow> Accounts::by_ids(const std::vector<std::string>& ids) {
    auto accounts = without_roles(ids);
    load_roles(accounts);
    return accounts;
}

void Accounts::load_roles(std::span<AccountRow> accounts) {
    if (names_.role_table.empty()) return;
    prepare();
    std::vector<std::string> ids;
    for (const auto& account : accounts) ids.push_back(account.id);
    const auto roles = roles_of(session_, names_, role_key_, role_type_, ids);
    for (auto& account : accounts) {
        const auto found = roles.find(account.id);
        if (found != roles.end()) {
            account.roles = found->second;
            continue;
        }
        account.enabled = account.state_known = false;
        account.state = "the roles in '" + names_.role_table + "' are of accounts with another sort of key";
    }
}

void Accounts::require_key() {
    prepare();
    if (!key_.fault().empty()) {
        throw config_error("the key '" + names_.id + "' cannot be used: " + key_.fault(),
                           "name another key in [users] id");
    }
    if (proof_ == Proof::not_looked) {
        const auto proved = is_unique(session_, names_);
        proof_ = proved ? (*proved ? Proof::given : Proof::refuted) : Proof::none;
    }
    if (proof_ == Proof::refuted) throw not_unique(names_);
}

void Accounts::require_single(const std::string& id) {
    require_key();
    if (id.empty()) {
        throw forbidden(
            "the key of that account holds bytes that read as no text, so it cannot be named",
            "say in [users] how they read: id = { column = \"" + names_.id + "\", type = \"uuid-binary16\" }");
    }
    if (proof_ == Proof::given || !is_twice(session_, names_, key_, id)) return;
    throw Error(Exit::no_user, "AMBIGUOUS_USER", "the key 'id:" + id + "' is not unique: two accounts have it",
                not_unique(names_).hint);
}

std::string Accounts::canonical(const std::string& id) {
    prepare();
    Params params;
    const auto spellings = key_.spellings(id);
    const auto held = std::find_if(spellings.begin(), spellings.end(),
                                   [&](const std::string& one) { return key_.value("id", one, params).has_value(); });
    return held == spellings.end() ? id : *held;
}

Values Accounts::role_values(const std::vector<std::string>& words) {
    prepare();
    Values values = names_.role_table.empty() ? values_of(UsersColumn::role, words)
                                              : db::role_values(session_, names_, role_type_, words);
    values.list = role_list();
    return values;
}

bool Accounts::has_any() {
    prepare();
    Params params;
    const std::string scope = in_scope(names_, params);
    return session_
        .row("SELECT 1 FROM " + qualified(session_, names_.table) + " WHERE 1 = 1" + scope + " LIMIT 1", params)
        .has_value();
}

Values Accounts::values_of(UsersColumn column, const std::vector<std::string>& words) {
    prepare();
    for (const auto& one : selected_) {
        if (one.column == column) return column_values(session_, names_, one.name, one.type, words);
    }
    return {};
}

}  // namespace pwreset::db
