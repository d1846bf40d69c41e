// Whether an account has a second factor: asked of the application's users table, without ever reading the secret.
#pragma once

#include <optional>
#include <string>

#include "db/app/key_form.h"
#include "db/app/users_table.h"
#include "db/session.h"

namespace pwreset::db {

/// Whether the column holds something: not NULL, '', 0 or a zero bit. Nothing when no row, or more than one, has that
/// key, or when our login may not read the column.
std::optional<bool> holds_something(Session& session, const UsersTable& names, const KeyForm& form,
                                    const std::string& column, const std::string& account);

}  // namespace pwreset::db
