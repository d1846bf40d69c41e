// Why is this user stuck? Everything an agent needs to know about one account, read in one go; nothing is changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/app/accounts.h"
#include "db/own/audit.h"
#include "db/own/delivery_records.h"
#include "db/own/token_records.h"
#include "src/account/eligibility.h"
#include "src/account/second_factor.h"
#include "src/base/grounds.h"
#include "src/base/kind.h"
#include "src/context.h"
#include "src/recovery/pasted_link.h"

namespace pwreset {

/// A limit, and how much of it there is left.
struct LimitLeft {
    std::string name;                ///< cooldown, account, recipient, web_cooldown, web, wrong_codes
    std::optional<Kind> kind;        ///< of a cooldown
    std::optional<Channel> channel;  ///< of a recipient, and of what was typed into a web page
    std::int64_t left = 0;
    std::int64_t most = 0;
    std::optional<Time> until;  ///< when the window ends; nothing while no hit counts
};

struct Inspection {
    Time now;  ///< by the database's clock, like all times here
    std::string account;
    std::string sender;                                        ///< of our mail, by the configuration
    std::optional<db::AccountRow> row;                         ///< nothing when the application has deleted it
    std::vector<std::pair<Kind, std::optional<Refusal>>> may;  ///< for each kind of token, why not
    bool had_by_another = false;  ///< the address or number that was typed belonged to another account before
    std::optional<SecondFactor> second_factor;   ///< nothing when no column shows one
    std::optional<PastedLink> link;              ///< that was pasted, of ours
    std::optional<ApplicationLink> application;  ///< what the application makes of that, or of one of its own
    std::optional<std::int64_t> asked;           ///< the delivery that was named, or made the link
    std::vector<db::TokenRow> live;              ///< newest first
    std::optional<db::TokenRow> last_token;      ///< the newest, live or not
    /// Live ones under names that the application had, where there never was one under its own.
    std::vector<std::pair<std::string, db::TokenRow>> former{};
    std::vector<db::DeliveryRecord> deliveries;  ///< the newest, and the one that was named
    std::vector<LimitLeft> limits;
    std::vector<db::AuditRow> history;  ///< the newest, without inspections: those are in the audit trail
};

/// Why this kind may not be sent; null when it may.
const Refusal* refusal_of(const Inspection& found, Kind kind);

/// Looks at the account that an identity or `ref:7K3Q-M2` names, and records that somebody did. Throws as
/// find_account() and find_delivery() do, and Error RATE_LIMITED for who looks too often; such a failure is recorded
/// too.
Inspection inspect(Context& context, const std::string& target, const Grounds& grounds);
/// The same for the account of a link that was pasted. Throws as find_link() does; such a failure is recorded too.
Inspection inspect_link(Context& context, const Secret& pasted, const Grounds& grounds);

}  // namespace pwreset
