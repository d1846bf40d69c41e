#include "db/app/accounts.h"

#include <algorithm>
#include <array>

#include "db/names.h"
#include "db/value_list.h"

namespace pwreset::db {

namespace {

std::string column_or_null(const std::string& name) { return name.empty() ? "NULL" : backquoted(name); }

/// What a flag column may hold for "no": applications use 0/1, BIT, decimals, booleans, words and NULLable times.
bool is_set(const Row& row, std::size_t column) {
    std::string value;
    for (const char c : row.text(column)) {
        if (c != ' ' && c != '\0') value += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (value.find_first_not_of("0.") == value.npos) return false;
    constexpr std::array<std::string_view, 5> no{"false", "f", "no", "n", "off"};
    return std::find(no.begin(), no.end(), value) == no.end();
}

}  // namespace

Accounts::Accounts(Session& session, UsersTable names) : session_(session), names_(std::move(names)) {
    select_ = "SELECT CAST(" + backquoted(names_.id) + " AS CHAR)";
    for (const auto& name : {names_.email, names_.phone, names_.login, names_.locale, names_.password, names_.active,
                             names_.disabled, names_.role_column}) {
        select_ += ", " + column_or_null(name);
    }
    select_ += " FROM " + qualified(session, names_.table) + " WHERE ";
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

std::vector<AccountRow> Accounts::select(const std::string& condition, const Params& params) {
    std::vector<AccountRow> out;
    for (const Row& row : session_.rows(select_ + condition, params)) {
        AccountRow account{.id = row.text(0),
                           .email = row.text(1),
                           .phone = row.text(2),
                           .login = row.text(3),
                           .locale = row.text(4),
                           .password = row.optional_text(5),
                           .enabled = true,
                           .roles = {}};
        if (!names_.active.empty() && !is_set(row, 6)) account.enabled = false;
        if (!names_.disabled.empty() && is_set(row, 7)) account.enabled = false;
        if (!names_.role_column.empty() && !row.is_null(8)) account.roles.push_back(row.text(8));
        out.push_back(std::move(account));
    }
    return out;
}

std::vector<AccountRow> Accounts::candidates(AccountKey key, const std::vector<std::string>& spellings) {
    try {
        Params params;
        const std::string list = value_list("spelling", spellings, params);
        return select(backquoted(column(key)) + " IN " + list + " LIMIT 200", params);
    } catch (const ForeignText&) {
        return {};
    }
}

std::vector<AccountRow> Accounts::without_roles(const std::vector<std::string>& ids) {
    if (ids.empty()) return {};
    std::string list;
    Params params;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::string name = "id" + std::to_string(i);
        list += (i ? ", :" : ":") + name;
        params.emplace_back(name, ids[i]);
    }
    auto accounts = select(backquoted(names_.id) + " IN (" + list + ")", params);
    // The database compares numbers with texts leniently ('42abc' = 42); we do not.
    std::erase_if(accounts, [&](const AccountRow& account) {
        return std::find(ids.begin(), ids.end(), account.id) == ids.end();
    });
    return accounts;
}

std::vector<AccountRow> Accounts::by_ids(const std::vector<std::string>& ids) {
    auto accounts = without_roles(ids);
    for (auto& account : accounts) load_roles(account);
    return accounts;
}

void Accounts::load_roles(AccountRow& account) {
    if (names_.role_table.empty()) return;
    for (const Row& row :
         session_.rows("SELECT " + backquoted(names_.role_role) + " FROM " + qualified(session_, names_.role_table) +
                           " WHERE " + backquoted(names_.role_user) + " = :id",
                       {{"id", account.id}})) {
        account.roles.push_back(row.text(0));
    }
}

}  // namespace pwreset::db
