// What became of deliveries: to report, to explain, to export, to erase.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"
#include "src/base/channel.h"
#include "src/base/kind.h"
#include "src/base/state.h"

namespace pwreset::db {

/// A delivery with all that became of it, and what its job says.
struct DeliveryRecord {
    std::int64_t id = 0;
    std::string account;
    StoredWord<Kind> kind;
    StoredWord<Channel> channel;
    StoredWord<DeliveryState> state;
    int attempts = 0;
    int failures = 0;
    Time queued_at;
    Time next_at;
    std::optional<Time> finished_at;
    std::optional<std::string> relay;
    std::optional<std::string> answer;
    std::optional<std::string> reason;
    std::optional<std::int64_t> superseded_by;
    // from its job:
    std::string command;
    std::string operator_name;
    std::optional<std::string> ticket;
    std::optional<std::string> job_reason;
    std::optional<std::string> locale;
    std::string trace_id;
};
/// At most `most` deliveries of an account with ids below `before` (0 = from the newest), newest first.
std::vector<DeliveryRecord> deliveries_of(Session& session, const std::string& app, const std::string& account,
                                          std::int64_t before, int most);
/// One of them.
std::optional<DeliveryRecord> delivery_record(Session& session, const std::string& app, std::int64_t id);
/// The ids of all deliveries of an account.
std::vector<std::int64_t> delivery_ids(Session& session, const std::string& app, const std::string& account);

/// What was deleted: the deliveries' ids, and their jobs'.
struct DeletedDeliveries {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> jobs;
};
/// Deletes the first `most` deliveries of an account, whatever their state. Waits for a worker that has one of them in
/// a transaction, so what that wrote is there afterwards.
DeletedDeliveries delete_deliveries(Session& session, const std::string& app, const std::string& account, int most);
/// Whether the delivery is still there; if so, nobody deletes it before this transaction ends.
bool lock_delivery(Session& session, std::int64_t id);

/// A relay's answer that stands in a delivery.
struct Answer {
    std::int64_t id = 0;  ///< of the delivery
    std::string text;
};
/// At most `most` answers in deliveries with ids above `after`, oldest first.
std::vector<Answer> answers(Session& session, const std::string& app, std::int64_t after, int most);
/// Nulls these deliveries' answers; the number.
std::int64_t erase_answers(Session& session, const std::vector<std::int64_t>& ids);

/// What happened last for an account and any kind: for the answer to somebody who asks too often.
struct LastDelivery {
    StoredWord<DeliveryState> state;
    Time queued_at;
    std::string operator_name;
    std::optional<std::string> ticket;
    std::optional<std::string> relay;
};
std::optional<LastDelivery> last_delivery(Session& session, const std::string& app, const std::string& account);

/// How one delivery stands, to report.
struct Standing {
    StoredWord<DeliveryState> state;
    std::optional<std::string> relay;
    std::optional<std::string> answer;
    std::optional<std::string> reason;
    std::optional<Time> next_at;
    std::optional<std::int64_t> superseded_by;
};
/// Nothing when it is gone.
std::optional<Standing> standing(Session& session, std::int64_t id);

}  // namespace pwreset::db
