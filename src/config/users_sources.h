// The values of [users] that are a name or a table of further ones: id, scope, active and role.
#pragma once

#include "src/config/users.h"
#include "src/toml/reader.h"

namespace pwreset {

/// Reads users.id, users.scope, users.active and users.role into `users`. Throws Error CONFIG.
void read_users_sources(const ConfigText& text, const Section& section, UsersConfig& users);

}  // namespace pwreset
