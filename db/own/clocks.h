// What a clock that was wrong has left in pwreset's own tables: times ahead of the database's clock as it is now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// By how much clocks may differ: the nodes of a cluster, a host before it is told the time. Beyond it `doctor` calls
/// it a problem, and a time that is further ahead than its rule allows is one of a clock that was wrong.
constexpr Seconds clock_tolerance{60};

/// Entries of the audit trail that are dated after a moment. Nothing is done without an entry, so they tell when the
/// clock was ahead.
struct DatedAhead {
    std::int64_t rows = 0;
    std::int64_t newest_id = 0;
    Time latest{};
};
DatedAhead audit_ahead(Session& session, const std::string& app, Time limit);

/// Up to which entry, and when, what was written meanwhile was bounded; nothing when that was never needed.
struct ClockMark {
    std::int64_t audit_id = 0;
    Time at{};
};
std::optional<ClockMark> clock_mark(Session& session, const std::string& app);
/// Inside a transaction that has the lease "clock" locked.
void write_clock_mark(Session& session, const std::string& app, const ClockMark& mark);

/// The times of a token.
struct TokenTimes {
    std::int64_t id = 0;
    std::string state;        ///< as stored
    bool ends_alone = false;  ///< live, or a temporary password: what it left in the application ends with it
    Time issued_at{}, expires_at{};
    std::optional<Time> voided_at{}, erase_at{};
};
/// At most `most` tokens with ids above `after`, oldest first, that were issued or made void after `limit`.
std::vector<TokenTimes> tokens_ahead(Session& session, const std::string& app, Time limit, std::int64_t after,
                                     int most);
/// Unless something became of the token meanwhile.
void set_times(Session& session, const TokenTimes& times);
/// Makes void what is live and was issued after `limit`, for a login that may not set times; how many.
std::int64_t void_tokens_ahead(Session& session, const std::string& app, Time limit);

/// The times of a delivery.
struct DeliveryTimes {
    std::int64_t id = 0;
    std::string state;  ///< as stored
    int attempts = 0;
    Time queued_at{}, next_at{};
    std::optional<Time> lease_until{}, finished_at{};
};
/// Beyond which a time of a delivery is ahead of its rule.
struct DeliveryLimits {
    Time past;   ///< of what is past already: queued, finished
    Time next;   ///< of the next try
    Time lease;  ///< of a claim's end
};
/// The same of deliveries.
std::vector<DeliveryTimes> deliveries_ahead(Session& session, const std::string& app, const DeliveryLimits& limits,
                                            std::int64_t after, int most);
/// Unless something became of the delivery meanwhile; `queued_at` only `with_queued`: not every login may.
void set_times(Session& session, const DeliveryTimes& times, bool with_queued);

}  // namespace pwreset::db
