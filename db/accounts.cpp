#include "db/accounts.h"

#include <algorithm>

namespace pwreset::db {

namespace {

std::string column_or_null(const std::string& name) { return name.empty() ? "NULL" : backquoted(name); }

/// What a flag column may hold for "no": applications use 0/1, booleans, text and NULLable times.
bool is_set(const Row& row, std::size_t column) {
    const std::string value = row.text(column);
    return !value.empty() && value != "0" && value != "false" && value != "f" && value != "no";
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
    for (const Row& row : session_.rows(select_ + condition, 9, params)) {
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

std::vector<AccountRow> Accounts::candidates(AccountKey key, const std::string& typed, const std::string& lowered) {
    return select(backquoted(column(key)) + " IN (:typed, :lowered) LIMIT 200",
                  {{"typed", typed}, {"lowered", lowered}});
}

std::vector<AccountRow> Accounts::by_ids(const std::vector<std::string>& ids) {
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
    for (auto& account : accounts) load_roles(account);
    return accounts;
}

void Accounts::load_roles(AccountRow& account) {
    if (names_.role_table.empty()) return;
    for (const Row& row :
         session_.rows("SELECT " + backquoted(names_.role_role) + " FROM " + qualified(session_, names_.role_table) +
                           " WHERE " + backquoted(names_.role_user) + " = :id",
                       1, {{"id", account.id}})) {
        account.roles.push_back(row.text(0));
    }
}

}  // namespace pwreset::db
