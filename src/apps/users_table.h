// The application's tables, as db/app takes them: names alone.
#pragma once

#include "db/app/accounts.h"
#include "db/app/passwords.h"
#include "src/config/config.h"

namespace pwreset {

/// The application's users table by the names the configuration gives.
db::UsersTable users_table(const UsersConfig& config);
/// What is written there with a temporary password, likewise.
db::PasswordNames password_names(const Config& config);

}  // namespace pwreset
