// Whether what is written with a temporary password can be taken back: only then can it be tried before its mail
// leaves.
#pragma once

#include "db/app/passwords.h"
#include "db/session.h"

namespace pwreset::db {

/// Looks at the users table, the sessions and our own tables that are written with a password. Throws Error CONFIG that
/// names the table which knows no transactions (MyISAM, Aria, MEMORY …). Not to be called within a transaction.
void require_transactions(Session& session, const PasswordNames& names);

}  // namespace pwreset::db
