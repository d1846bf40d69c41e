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
            .role_column = config.role.column,
            .role_table = config.role.table,
            .role_user = config.role.user,
            .role_role = config.role.role,
            .role_where = config.role.where,
            .names_table = config.role.names_table,
            .names_id = config.role.names_id,
            .names_name = config.role.names_name,
            .role_list = config.role.list,
            .id_type = config.id_type,
            .scope_column = config.scope.column,
            .scope_value = config.scope.value,
            .active_values = config.active_values};
}

db::PasswordNames password_names(const Config& config) {
    const auto& passwords = config.temporary_password;
    std::vector<std::string> rotate;
    for (const auto& one : passwords.rotate) rotate.push_back(one.column);
    std::vector<db::SessionRows> sessions;
    for (const auto& one : passwords.sessions) sessions.push_back({one.table, one.user, one.where});
    return {.table = config.users.table,
            .id = config.users.id,
            .password = config.users.password,
            .must_change = passwords.must_change,
            .must_change_value = passwords.must_change_value,
            .clear = passwords.clear,
            .empty = passwords.empty,
            .salt = passwords.salt,
            .rotate = std::move(rotate),
            .sessions = std::move(sessions),
            .id_type = config.users.id_type,
            .scope_column = config.users.scope.column,
            .scope_value = config.users.scope.value};
}

}  // namespace pwreset
