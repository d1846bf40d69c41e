// The audit trail: who did what to whom, when and why. No row, no action: an entry is written in the transaction of
// what it records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/own/audit.h"
#include "src/context.h"

namespace pwreset {

/// What an action says of itself; operator, host, time and trace id are added. What does not apply is left out.
struct AuditEntry {
    std::string action;  ///< request, send, revoke, verify, purge, migrate …
    std::string result;  ///< done, or why not: RATE_LIMITED, accepted, failed …
    std::optional<std::string> channel{};
    std::optional<std::int64_t> delivery_id{};
    std::optional<std::string> account{};
    std::optional<std::string> recipient{};  ///< an address; only its keyed digest (in lower case) is stored
    std::optional<std::string> ticket{};
    std::optional<std::string> reason{};
    std::optional<std::string> detail{};  ///< the relay's words, counts; never a secret
};

/// Writes the entries inside the caller's transaction, each with its own MAC; the rows, without their ids. `at`: what
/// the caller has just been told of the database's clock.
std::vector<db::AuditRow> record(Context& context, const std::vector<AuditEntry>& entries, std::optional<Time> at = {});
/// The same in a transaction of its own: for refusals, where nothing else is committed.
void record_alone(Context& context, const AuditEntry& entry);

/// find_account_key() for an action on the account; a look-up that fails is recorded, so that probing shows.
std::string find_account_key_for(Context& context, const std::string& action, const std::string& typed,
                                 const std::optional<std::string>& ticket);

/// The digest of the salt and the personal fields, raw. Erasing a person nulls those; the digest, and so the MAC,
/// stays.
std::string personal_digest(const db::AuditRow& row);
/// The MAC of a row under one key, raw: over every field that is not personal, and the personal digest.
std::string row_mac(const db::AuditRow& row, const Secret& key);

}  // namespace pwreset
