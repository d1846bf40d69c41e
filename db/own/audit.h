// The audit trail's rows. What they mean and how they are authenticated is src/audit's business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

struct AuditRow {
    std::int64_t id = 0;  ///< given by the database
    std::string app;
    Time at;
    std::string operator_name;
    std::optional<std::string> login_uid;
    std::string host;
    std::string action;
    std::string result;
    std::optional<std::string> channel;
    std::optional<std::int64_t> delivery_id;
    std::string trace_id;
    std::optional<std::string> profile{};  ///< raw digest of the profile and configuration that were at work
    // personal, nulled when a person is erased:
    std::optional<std::string> account;
    std::optional<std::string> recipient;  ///< raw digest
    std::optional<std::string> ticket;
    std::optional<std::string> reason;
    std::optional<std::string> detail;
    std::optional<std::string> salt;  ///< raw
    // authenticity:
    std::string personal;  ///< raw digest of salt and personal fields
    std::string key_id;
    std::string mac;  ///< raw
    std::optional<std::int64_t> seq;
    // its place in the chain, given when it is sealed:
    std::optional<std::string> chain_mac{};  ///< raw
    std::optional<std::string> chain_key_id{};
    bool copy = false;  ///< another row has the same MAC and stands before it; read by the sealer's queries only
};

void insert_audit(Session& session, const std::vector<AuditRow>& rows);

/// The fields of a row that may be about a person.
struct PersonalFields {
    std::int64_t id = 0;
    std::optional<std::int64_t> delivery_id;
    std::optional<std::string> account;
    std::optional<std::string> recipient;  ///< raw digest
    std::optional<std::string> ticket;
    std::optional<std::string> reason;
    std::optional<std::string> detail;
};
/// At most `most` rows that were not erased, with ids above `after`, oldest first; of one account, or all.
std::vector<PersonalFields> personal_fields(Session& session, const std::string& app,
                                            const std::optional<std::string>& account, std::int64_t after, int most);
/// The rows about these deliveries that name no account, and were not erased.
std::vector<std::int64_t> audit_rows_about(Session& session, const std::string& app,
                                           const std::vector<std::int64_t>& deliveries);
/// Those of the rows, whole, oldest first.
std::vector<AuditRow> audit_rows(Session& session, const std::string& app, const std::vector<std::int64_t>& ids);
/// Erases the person from these rows: nulls the personal fields and the salt, without which `personal` says nothing.
/// The number of rows that were not erased before.
std::int64_t erase_persons(Session& session, const std::string& app, const std::vector<std::int64_t>& ids);
/// What those of the rows say in `detail` that record this action and were not erased. They are locked.
std::vector<std::string> audit_details(Session& session, const std::string& app, const std::string& action,
                                       const std::vector<std::int64_t>& ids);

struct AuditFilter {
    std::optional<std::string> account, operator_name, action, ticket;
    std::optional<std::int64_t> delivery_id;
    std::optional<Time> since, until;
    std::vector<std::int64_t> also{};  ///< ids of entries that tell of the account or delivery among others
};
/// At most `most` rows with ids below `before` (0 = from the newest), newest first.
std::vector<AuditRow> list_audit(Session& session, const std::string& app, const AuditFilter& filter,
                                 std::int64_t before, int most);

/// The entries of these moments that name no account and tell of several rows.
std::vector<AuditRow> page_rows(Session& session, const std::string& app, const std::vector<Time>& moments);

/// Whether one of the newest `most` rows has one of these digests (raw) as its recipient, and another account.
bool recipient_of_another(Session& session, const std::string& app, const std::vector<std::string>& digests,
                          const std::string& account, int most);

/// At most `most` rows that have no place in the chain yet, with ids above `after`, in the order of their ids.
std::vector<AuditRow> unsealed_audit(Session& session, const std::string& app, std::int64_t after, int most);
/// The largest id that a row has, of whatever application; 0 without any.
std::int64_t newest_audit_id(Session& session);
/// The id of the newest row with this MAC; 0 when there is none.
std::int64_t audit_id(Session& session, const std::string& app, const std::string& mac);
std::int64_t count_unsealed(Session& session, const std::string& app);
/// At most `most` sealed rows with numbers above `after`, in the order of the chain. With `lock` they stay as they are
/// until the transaction ends.
std::vector<AuditRow> sealed_audit(Session& session, const std::string& app, std::int64_t after, int most,
                                   bool lock = false);
/// What the next row of the chain stands on: the last one that is sealed, or the checkpoint behind the last that was.
struct ChainEnd {
    std::int64_t seq = 0;                 ///< 0: nothing was ever sealed
    std::string chain_mac;                ///< raw
    std::optional<std::string> key_id{};  ///< of the last row's chain MAC; nothing when all rows were purged
    std::optional<Time> latest_purged{};  ///< the latest time of a purged row
    std::optional<Time> latest{};         ///< the time of the last row; nothing when all rows were purged
};
ChainEnd chain_end(Session& session, const std::string& app);
/// How many rows of the chain have numbers up to this one.
std::int64_t sealed_up_to(Session& session, const std::string& app, std::int64_t seq);
/// Writes number, chain MAC and key id of rows that have none. False when one of them has got a place meanwhile, or is
/// gone: roll back. Throws Duplicate when a number is taken.
bool seal_audit(Session& session, const std::vector<AuditRow>& rows);
/// Deletes the rows of the chain with numbers above `after` and up to `last`; how many.
std::int64_t delete_sealed(Session& session, const std::string& app, std::int64_t after, std::int64_t last);
/// How many sealed rows are older than `cut`.
std::int64_t count_sealed_before(Session& session, const std::string& app, Time cut);
/// How often an action was recorded since then.
std::int64_t count_actions(Session& session, const std::string& app, Time since, const std::string& action);
/// How often each of these results was recorded since then.
std::map<std::string, std::int64_t> count_results(Session& session, const std::string& app, Time since,
                                                  const std::vector<std::string>& results);

}  // namespace pwreset::db
