#include "src/delivery/turns.h"

#include <algorithm>
#include <utility>

namespace pwreset {

namespace {

Lane first_of(unsigned turn) {
    if (turn % 16 == 15) return Lane::bulk;
    return turn % 4 == 3 ? Lane::web : Lane::agents;
}

}  // namespace

std::vector<db::DeliveryRow> Turns::next(const Due& due) {
    std::array lanes{Lane::agents, Lane::web, Lane::bulk};
    const auto first = std::find(lanes.begin(), lanes.end(), first_of(taken_));
    std::rotate(lanes.begin(), first, std::next(first));
    if (const auto last = std::exchange(barren_, std::nullopt))
        std::stable_partition(lanes.begin(), lanes.end(), [&](Lane lane) { return lane != *last; });
    for (const Lane lane : lanes) {
        auto rows = due(lane);
        if (rows.empty()) continue;
        ++taken_;
        return rows;
    }
    return {};
}

}  // namespace pwreset
