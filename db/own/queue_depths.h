// How deep the queue is: what is not over, by channel and lane, and who has it in hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"
#include "src/base/channel.h"
#include "src/base/lane.h"

namespace pwreset::db {

/// Of one channel and lane, in the order of channel_words and lane_words; where nothing is, there is no row.
struct QueueDepth {
    Channel channel = Channel::email;
    Lane lane = Lane::agents;
    std::int64_t due = 0;      ///< could be sent now, what may have been sent before among it
    std::int64_t waiting = 0;  ///< not before a later time
    std::int64_t in_hand = 0;  ///< held or claimed by a process
    std::optional<Time> oldest_due;
};
/// By the index of what is due alone: it costs what waits, not what ever was.
std::vector<QueueDepth> queue_depths(Session& session, const std::string& app);

/// A process that has deliveries in hand.
struct Holder {
    std::string owner;  ///< as process_identity() words it
    std::int64_t deliveries = 0;
    std::optional<Time> until;  ///< when the first of its leases ends
};
std::vector<Holder> queue_holders(Session& session, const std::string& app);

}  // namespace pwreset::db
