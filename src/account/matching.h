// Which of the rows the database's collation takes for equal is the one that was meant: decided in code, byte for byte,
// because to a collation 'mıke' may be 'mike' (CVE-2019-19844 and its relatives).
#pragma once

#include <vector>

#include "db/app/accounts.h"
#include "src/account/identity.h"

namespace pwreset {

/// The one account that is meant: the one byte-exact match, else the only one under ASCII case fold. Throws Error
/// USER_NOT_FOUND (also for a match that only the collation sees; it names the character) or AMBIGUOUS_USER. A phone
/// number is the same when it is in E.164, however it is stored.
db::AccountRow matched(const Identity& identity, const std::vector<db::AccountRow>& candidates);

/// The key of the account an identity names: for `id:42` also when the application has deleted it, since what we hold
/// of it must still be listed and revoked. Throws as above.
std::string find_account_key(db::Accounts& accounts, const Identity& identity);

/// The rows that may be the account an identity names, by the index.
std::vector<db::AccountRow> candidates_for(db::Accounts& accounts, const Identity& identity);

/// The account an identity names, complete. Throws as above.
db::AccountRow find_account(db::Accounts& accounts, const Identity& identity);

/// The one row with that key; null when there is none, or (in a view or a table without a key) more than one.
const db::AccountRow* only_account(const std::vector<db::AccountRow>& accounts, const std::string& id);

}  // namespace pwreset
