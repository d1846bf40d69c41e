#include "db/own/checkpoints.h"

#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

Checkpoint checkpoint_at(std::int64_t seq) {
    return {.app = "shop",
            .seq = seq,
            .chain_mac = std::string("\0c", 2) + std::string(30, 'c'),
            .latest = parse_db_time("2026-03-01 12:00:00.000001"),
            .erased = 3,
            .erasures = 4,
            .purged_at = parse_db_time("2027-04-05 12:00:00.000002"),
            .key_id = "k1",
            .mac = std::string(32, 'm')};
}

}  // namespace

TEST_CASE("a checkpoint comes back as it was written") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_FALSE(read_checkpoint(database.session, "shop"));
    const auto written = checkpoint_at(7);
    CHECK(move_checkpoint(database.session, written, 0));
    const auto read = read_checkpoint(database.session, "shop");
    REQUIRE(read);
    CHECK(read->app == written.app);
    CHECK(read->seq == written.seq);
    CHECK(read->chain_mac == written.chain_mac);
    CHECK(read->latest == written.latest);
    CHECK(read->erased == written.erased);
    CHECK(read->erasures == written.erasures);
    CHECK(read->purged_at == written.purged_at);
    CHECK(read->key_id == written.key_id);
    CHECK(read->mac == written.mac);
    CHECK_FALSE(read_checkpoint(database.session, "crm"));
}

TEST_CASE("a checkpoint moves on from where it was, and from nowhere else") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK(move_checkpoint(database.session, checkpoint_at(7), 0));
    CHECK_FALSE(move_checkpoint(database.session, checkpoint_at(8), 0));
    CHECK_FALSE(move_checkpoint(database.session, checkpoint_at(9), 6));
    CHECK(move_checkpoint(database.session, checkpoint_at(10), 7));
    CHECK(read_checkpoint(database.session, "shop")->seq == 10);
}
