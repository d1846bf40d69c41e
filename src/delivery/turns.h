// Whose turn it is: what is due of the lanes, so that nobody waits for what nobody waits for, and none waits for ever.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "db/own/deliveries.h"
#include "src/base/channel.h"
#include "src/base/lane.h"

namespace pwreset {

/// The turns of the lanes of one channel.
class Turns {
public:
    /// What is due of a lane, at most as much as it may have at once.
    using Due = std::function<std::vector<db::DeliveryRow>(Lane)>;

    /// The next batch: of the first lane that has something due. That is agents, web, bulk; in every fourth turn web
    /// comes first, in every sixteenth bulk, so that a flood of one starves no other.
    std::vector<db::DeliveryRow> next(const Due& due);

    /// Nothing of that batch could be had, since others have it or are in its way: the next turn is another lane's.
    void barren(Lane lane) { barren_ = lane; }

private:
    unsigned taken_ = 0;
    std::optional<Lane> barren_;
};

}  // namespace pwreset
