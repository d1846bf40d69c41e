// Whether a key names one account and no other: proved by the schema, or asked of the rows.
#pragma once

#include <optional>
#include <string>

#include "db/app/key_form.h"
#include "db/app/users_table.h"
#include "db/session.h"

namespace pwreset::db {

/// Whether the schema allows no two rows of one scope with the same key; nothing for a view, and for a table that our
/// login cannot look into.
std::optional<bool> is_unique(Session& session, const UsersTable& names);
/// The remedy for one that is not. CONFIG.
Error not_unique(const UsersTable& names);
/// Whether two rows have this key.
bool is_twice(Session& session, const UsersTable& names, const KeyForm& form, const std::string& key);
/// " AND scope = :scope" with its parameter, or nothing: what every condition on the users table ends with.
std::string in_scope(const UsersTable& names, Params& params);

}  // namespace pwreset::db
