#include "src/delivery/turns.h"

#include <map>

#include "tests/catch.h"

using namespace pwreset;

namespace {

std::vector<db::DeliveryRow> batch_of(Lane lane) {
    std::vector<db::DeliveryRow> rows(1);
    rows.front().lane = lane;
    return rows;
}

/// The lanes of so many turns, while each has as many batches as it says.
std::map<Lane, int> served(int turns, std::map<Lane, int> waiting) {
    std::map<Lane, int> count;
    Turns order;
    for (int i = 0; i < turns; ++i) {
        const auto rows =
            order.next([&](Lane lane) { return waiting[lane] == 0 ? std::vector<db::DeliveryRow>{} : batch_of(lane); });
        if (rows.empty()) break;
        --waiting[rows.front().lane];
        ++count[rows.front().lane];
    }
    return count;
}

}  // namespace

TEST_CASE("what people wait for comes first") {
    CHECK(served(3, {{Lane::agents, 3}, {Lane::bulk, 1000}})[Lane::agents] == 3);
    CHECK(served(4, {{Lane::agents, 1}, {Lane::web, 3}, {Lane::bulk, 1000}})[Lane::bulk] == 0);
}

TEST_CASE("a flood of one lane starves no other") {
    auto flood = served(160, {{Lane::agents, 1000}, {Lane::web, 1000}, {Lane::bulk, 1000}});
    CHECK(flood[Lane::agents] == 120);
    CHECK(flood[Lane::web] == 30);
    CHECK(flood[Lane::bulk] == 10);
    CHECK(served(160, {{Lane::web, 1000}, {Lane::bulk, 1000}})[Lane::bulk] == 10);
}

TEST_CASE("what has nobody beside it has all turns, and nothing due is nobody's turn") {
    CHECK(served(20, {{Lane::bulk, 20}})[Lane::bulk] == 20);
    CHECK(served(1, {}).empty());
}

TEST_CASE("a lane whose batch could not be had lets another one go first, once") {
    Turns order;
    const auto all = batch_of;
    CHECK(order.next(all).front().lane == Lane::agents);
    order.barren(Lane::agents);
    CHECK(order.next(all).front().lane == Lane::web);
    CHECK(order.next(all).front().lane == Lane::agents);
    order.barren(Lane::agents);
    const auto nothing_else = [](Lane lane) {
        return lane == Lane::agents ? batch_of(lane) : std::vector<db::DeliveryRow>{};
    };
    CHECK(order.next(nothing_else).front().lane == Lane::agents);
}
