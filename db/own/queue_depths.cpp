#include "db/own/queue_depths.h"

#include "db/words.h"

namespace pwreset::db {

std::vector<QueueDepth> queue_depths(Session& session, const std::string& app) {
    std::vector<QueueDepth> depths;
    // A text message in doubt is over: nobody sends it again.
    for (const Row& row : session.rows(
             "SELECT channel, lane, "
             "SUM(CASE WHEN state IN ('queued', 'uncertain') AND next_at <= UTC_TIMESTAMP(6) THEN 1 ELSE 0 END), "
             "SUM(CASE WHEN state IN ('queued', 'uncertain') AND next_at > UTC_TIMESTAMP(6) THEN 1 ELSE 0 END), "
             "SUM(CASE WHEN state IN ('held', 'claimed') THEN 1 ELSE 0 END), "
             "MIN(CASE WHEN state IN ('queued', 'uncertain') AND next_at <= UTC_TIMESTAMP(6) THEN next_at END) "
             "FROM pwreset_deliveries WHERE app = :app AND state IN ('queued', 'uncertain', 'held', 'claimed') "
             "AND NOT (state = 'uncertain' AND channel = 'sms') AND channel IN " +
                 list_of_words(channel_words) + " AND lane IN " + list_of_words(lane_words) +
                 " GROUP BY channel, lane ORDER BY channel, lane",
             {{"app", app}})) {
        depths.push_back({.channel = word_at(row, 0, channel_words),
                          .lane = word_at(row, 1, lane_words),
                          .due = row.integer(2),
                          .waiting = row.integer(3),
                          .in_hand = row.integer(4),
                          .oldest_due = row.optional_time(5)});
    }
    return depths;
}

std::vector<Holder> queue_holders(Session& session, const std::string& app) {
    std::vector<Holder> holders;
    for (const Row& row : session.rows(
             "SELECT lease_owner, COUNT(*), MIN(lease_until) FROM pwreset_deliveries WHERE app = :app "
             "AND state IN ('held', 'claimed') AND lease_owner IS NOT NULL GROUP BY lease_owner ORDER BY lease_owner",
             {{"app", app}})) {
        holders.push_back({row.text(0), row.integer(1), row.optional_time(2)});
    }
    return holders;
}

}  // namespace pwreset::db
