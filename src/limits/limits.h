// How often may this be asked for? The limits of the configuration, taken in one order: account, recipient, operator,
// overall; so two transactions never wait for each other crosswise.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/account/identity.h"
#include "src/base/budget.h"
#include "src/base/error.h"
#include "src/base/kind.h"
#include "src/context.h"

namespace pwreset {

/// Whose share a limit is.
enum class Share {
    account,  ///< its cooldown and its own count: what --override-limits leaves out
    recipient,
    own,  ///< the operator's, whomever he asks for
    overall,
};

/// One counter and how much of it there is.
struct Limit {
    std::string key;  ///< of the row: "cooldown:link:42"
    Rate rate;
    const char* what;  ///< for the message: "the cooldown of this account"
    Share share = Share::overall;
};

/// RATE_LIMITED, and whose share is used up.
struct LimitReached : Error {
    LimitReached(Error error, Share whose) : Error(std::move(error)), share(whose) {}
    Share share;
};

/// What is counted when something is issued.
struct Counted {
    std::string account;
    Kind kind = Kind::link;
    std::string recipient;  ///< where it goes: an address, or a number in E.164
    Budget budget = Budget::agents;
    bool override_limits = false;  ///< leaves out cooldown and account (nothing else)
};

/// The limits that a request takes.
std::vector<Limit> limits_for(const Context& context, const Counted& counted);
/// What a request takes that is refused, because nobody has the identity or policy says no: the share of the operator,
/// and that of the address or number that was typed, which are those of a request that is not. So nobody finds out by
/// trying who has an account.
std::vector<Limit> limits_of_refusal(const Context& context, const Identity& identity, Budget budget);
/// The limits of a web back end's call: of the identity, known or not (a digest of what was typed counts, no account),
/// and of all web back ends together.
std::vector<Limit> limits_of_call(const Context& context, const Identity& identity);
/// What is left to take when `deliver` has found the account: cooldown, account and recipient.
std::vector<Limit> limits_after_call(const Context& context, const Counted& counted);
/// The keys of the counters of an identity in calls, by the raw digest that its recipient would have; in the order in
/// which they are taken.
std::vector<std::string> call_keys(const std::string& digest);
/// The key of the cooldown alone, to give it back when a delivery failed. A link that is printed has that of links.
std::string cooldown_key(const std::string& account, Kind kind);
/// The key of the counter of requests for an account.
std::string account_key(const std::string& account);
/// The key of the counter of requests to a recipient, by the raw digest of the address in lower case.
std::string recipient_key(const std::string& digest);
/// The key of the counter of wrong codes of an account.
std::string wrong_codes_key(const std::string& account);
/// Every key that names the account, in the order in which they are taken.
std::vector<std::string> keys_naming(const std::string& account);

/// Takes all of them inside the caller's transaction. Throws LimitReached, an Error RATE_LIMITED, with the seconds
/// until all of them would allow it, leaving the transaction to be rolled back: then none was taken.
void take_limits(Context& context, const std::vector<Limit>& limits, Time now);
/// Makes sure that the counters exist; before the transaction.
void prepare(Context& context, const std::vector<Limit>& limits);
/// Counts a look-up against the operator's share, in a transaction of its own. Throws as take_limits().
void take_lookup(Context& context);

}  // namespace pwreset
