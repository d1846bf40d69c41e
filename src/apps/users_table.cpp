#include "src/apps/users_table.h"

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
            .role_role = config.role.role};
}

}  // namespace pwreset
