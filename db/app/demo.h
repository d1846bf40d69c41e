// The little application of `pwreset demo`: a users table, and its side of the bargain, in SQLite.
#pragma once

#include <string>

#include "db/session.h"

namespace pwreset::db {

/// Makes a users table with four people: an ordinary one, one who writes in Persian, a disabled one, an administrator.
void create_demo_users(Session& session);
/// What an application does with the token in a link, as pwreset-tokens(5) tells it: consumes it if it is live, and
/// sets the new password hash, in one transaction. The account, or empty when the link is no good.
std::string use_link_as_application(Session& session, const std::string& app, const std::string& verifier_hex,
                                    const std::string& new_password_hash);

}  // namespace pwreset::db
