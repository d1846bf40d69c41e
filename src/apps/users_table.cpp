#include "src/apps/users_table.h"

#include <utility>

namespace pwreset {

db::UsersTable users_table(const UsersConfig& config) {
    return {.table = config.table,
            .id = config.id,
            .email = config.email,
            .phone = config.phone,
            .login = config.login,
            .password = config.password,
            .locale = config.locale,
            .active = config.active,
            .disabled = config.disabled,
            .created_at = config.created_at,
            .last_login = config.last_login,
            .password_changed_at = config.password_changed_at,
            .elsewhere = config.elsewhere,
            .roles = config.roles,
            .refuse = config.refuse,
            .blocked_by = config.blocked_by,
            .id_type = config.id_type,
            .kept_unique = config.id_kept_unique,
            .scope_column = config.scope.column,
            .scope_value = config.scope.value,
            .active_values = config.active_values};
}

db::PasswordNames password_names(const Config& config) {
    const auto& users = config.users;
    const auto& passwords = config.temporary_password;
    const auto& side = passwords.side;
    db::PasswordNames names{.table = users.table,
                            .id = users.id,
                            .password = side.hash.empty() ? users.password : side.hash,
                            .where = {},
                            .must_change = passwords.must_change,
                            .must_change_value = passwords.must_change_value,
                            .must_change_in = passwords.must_change_in,
                            .clear = passwords.clear,
                            .empty = passwords.empty,
                            .salt = passwords.salt,
                            .beside = {},
                            .compared = side.hash.empty() ? "" : users.password,
                            .sessions = {},
                            .users_table = users.table,
                            .users_id = users.id,
                            .login = users.login,
                            .id_type = users.id_type,
                            .scope_column = users.scope.column,
                            .scope_value = users.scope.value};
    for (const auto& one : passwords.rotate) names.beside.push_back(one.column);
    for (const auto& one : side.set) names.beside.push_back(one.column);
    for (const auto& one : passwords.sessions) names.sessions.push_back({one.table, one.user, one.where, one.by_login});
    const auto elsewhere = users.elsewhere.find(UsersColumn::password);
    if (elsewhere == users.elsewhere.end()) return names;
    names.table = elsewhere->second.table;
    names.id = elsewhere->second.user;
    names.where = elsewhere->second.where;
    names.scope_column.clear();  // its rows are told apart by `where`
    return names;
}

}  // namespace pwreset
