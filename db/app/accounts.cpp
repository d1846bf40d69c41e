#include "db/app/accounts.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "db/app/condition.h"
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
    std::vector<std::string> columns{names_.id};
    for (const auto& facts : users_columns) {
        const bool is_read = facts.use == ColumnUse::looked_up || facts.use == ColumnUse::read;
        if (!is_read || facts.column == UsersColumn::id) continue;
        for (const auto& name : names_.names(facts.column)) {
            // The key is selected in a form of its own.
            if (std::find(columns.begin() + 1, columns.end(), name) == columns.end()) columns.push_back(name);
        }
    }
    const std::string table = qualified(session_, names_.table);
    if (!names_.scope_column.empty()) columns.push_back(names_.scope_column);
    const auto types = column_types(session_, table, columns);
    if (!names_.scope_column.empty()) {
        names_.scope_type = types.back();
        columns.pop_back();
    }
    key_ = KeyForm(types.front(), names_.id_type);
    select_ = "SELECT " + key_.selected(names_.id);
    std::vector<Selected> selected;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        selected.push_back({columns[i], types[i]});
        if (i > 0) select_ += ", " + readable(types[i], columns[i]);
    }
    from_ = " FROM " + table + " WHERE ";
    select_ += from_;
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

const OtherTable* Accounts::other_table(AccountKey key) const {
    switch (key) {
        case AccountKey::email:
            return names_.other_table(UsersColumn::email);
        case AccountKey::phone:
            return names_.other_table(UsersColumn::phone);
        case AccountKey::login:
            return names_.other_table(UsersColumn::login);
        case AccountKey::id:
            break;
    }
    return nullptr;
}

std::optional<std::string> Accounts::cell(const Row& row, UsersColumn column) const {
    if (column == UsersColumn::id) return row.optional_text(0);
    return names_.other_table(column) ? std::nullopt : cell(row, names_.name(column));
}

std::optional<std::string> Accounts::cell(const Row& row, const std::string& name) const {
    for (std::size_t i = 1; i < selected_.size(); ++i) {
        if (selected_[i].name == name) return row.optional_text(i);
    }
    return {};
}

ColumnType Accounts::type_of(const std::string& name) const {
    const auto found =
        std::find_if(selected_.begin(), selected_.end(), [&](const Selected& one) { return one.name == name; });
    return found == selected_.end() ? ColumnType() : found->type;
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
    judge_conditions(row, account);
    read_roles(row, account);
    return account;
}

/// Those that are about the users table; the others belong to complete().
void Accounts::judge_conditions(const Row& row, AccountRow& account) const {
    const auto judge = [&](const std::vector<Condition>& conditions, std::vector<std::string>& told) {
        for (const auto& one : conditions) {
            if (!one.in.given() && meets(one, cell(row, one.column))) told.push_back(one.words);
        }
    };
    judge(names_.refuse, account.refused);
    judge(names_.blocked_by, account.blocked);
}

/// Those that its own row and its key give; the others belong to complete().
void Accounts::read_roles(const Row& row, AccountRow& account) const {
    for (const auto& source : names_.roles) {
        if (!source.in.given() && !source.column.empty()) {
            if (auto role = cell(row, source.column))
                account.roles.emplace_back(std::move(*role), list_of(source, type_of(source.column)));
        }
        for (const auto& [role, column] : source.flags) {
            if (auto held = role_by_flag(role, cell(row, column))) account.roles.push_back(std::move(*held));
        }
        for (const auto& [key, role] : source.keys) {
            const auto spellings = key_.spellings(key);
            if (std::find(spellings.begin(), spellings.end(), account.id) != spellings.end())
                account.roles.emplace_back(role);
        }
    }
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
        const std::string of = other_table(key) ? "r." : "";
        condition = of + backquoted(column(key)) + " IN " + value_list("spelling", spellings, params);
    }
    try {
        if (other_table(key)) return owners(key, condition, params, 0);
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
    const std::set<std::string_view> wanted(ids.begin(), ids.end());
    std::erase_if(accounts, [&](const AccountRow& account) { return !wanted.contains(account.id); });
    load_elsewhere(accounts);
    return accounts;
}

std::vector<AccountRow> Accounts::by_ids(const std::vector<std::string>& ids) {
    auto accounts = without_roles(ids);
    load_roles(accounts);
    load_conditions(accounts);
    return accounts;
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
    const std::string& name = names_.name(column);
    return name.empty() ? Values() : column_values(session_, names_, name, type_of(name), words);
}

}  // namespace pwreset::db
