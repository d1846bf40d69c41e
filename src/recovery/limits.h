// How often may this be asked for? The limits of the configuration, taken in one order: account, recipient, operator,
// overall; so two transactions never wait for each other crosswise.
#pragma once

#include <string>
#include <vector>

#include "db/accounts.h"
#include "src/base/error.h"
#include "src/context.h"
#include "src/token/kind.h"

namespace pwreset {

/// One counter and how much of it there is.
struct Limit {
    std::string key;  ///< of the row: "cooldown:link:42"
    Rate rate;
    const char* what;  ///< for the message: "the cooldown of this account"
};

/// The limits that a request for this account takes. `override_limits` leaves out cooldown and account (nothing else).
std::vector<Limit> limits_for(const Context& context, const db::AccountRow& account, Kind kind, bool override_limits);
/// The key of the cooldown alone, to give it back when a delivery failed.
std::string cooldown_key(const std::string& account, Kind kind);
/// The key of the counter of requests for an account.
std::string account_key(const std::string& account);
/// The key of the counter of requests to a recipient, by the raw digest of the address in lower case.
std::string recipient_key(const std::string& digest);
/// The key of the counter of wrong codes of an account.
std::string wrong_codes_key(const std::string& account);
/// Every key that names the account, in the order in which they are taken.
std::vector<std::string> keys_naming(const std::string& account);

/// Takes all of them inside the caller's transaction. Throws Error RATE_LIMITED with the seconds left, leaving the
/// transaction to be rolled back: then none was taken.
void take_limits(Context& context, const std::vector<Limit>& limits, Time now);
/// Makes sure that the counters exist; before the transaction.
void prepare(Context& context, const std::vector<Limit>& limits);

}  // namespace pwreset
