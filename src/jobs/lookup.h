// The accounts that many identities name, found together: what a single request finds by a query each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/app/accounts.h"
#include "src/account/identity.h"
#include "src/base/error.h"

namespace pwreset {

/// Identities looked up at once: their spellings are found by one query, which answers with 200 rows at most.
constexpr std::size_t lookups_at_once = 100;

/// One identity, and whom it names.
struct Lookup {
    Identity identity;
    std::optional<db::AccountRow> account{};  ///< complete
    std::optional<Error> no{};                ///< USER_NOT_FOUND, AMBIGUOUS_USER …: why nobody
};

/// Fills in accounts and errors, exactly as find_account() would. Throws what is not about one identity.
void find_all(db::Accounts& accounts, std::vector<Lookup>& lookups);

/// Whether a failure is of one identity and not of everything.
bool is_about_one(const Error& error);

}  // namespace pwreset
