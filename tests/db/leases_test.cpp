#include "db/own/leases.h"

#include <algorithm>
#include <atomic>

#include "src/base/process.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

const std::string alive = process_identity();
/// Our pid, given out again: the start time is another one.
const std::string dead = process_identity() + "0";
const std::string elsewhere = "another-host/boot/1/1/1";

std::optional<std::string> take(Session& session, const std::string& owner, const std::string& name = "purge") {
    return take_lease(session, "shop", name, owner, Seconds(60));
}

void let_time_pass(Session& session) { session.run("UPDATE pwreset_leases SET held_until = '2000-01-01 00:00:00'"); }

}  // namespace

TEST_CASE("a lease is taken once, and renewed by its owner") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_FALSE(take(database.session, alive));
    CHECK(take(database.session, elsewhere) == alive);
    const Time first = database.session.row("SELECT held_until FROM pwreset_leases WHERE name = 'purge'")->time(0);
    CHECK_FALSE(take(database.session, alive));
    const Time renewed = database.session.row("SELECT held_until FROM pwreset_leases WHERE name = 'purge'")->time(0);
    CHECK(renewed > first);
    CHECK(renewed > database.session.now() + Seconds(50));
}

TEST_CASE("leases of other names and applications are others") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_FALSE(take(database.session, alive));
    CHECK_FALSE(take(database.session, elsewhere, "seal"));
    CHECK_FALSE(take_lease(database.session, "crm", "purge", elsewhere, Seconds(60)));
    CHECK(take(database.session, alive, "seal") == elsewhere);
}

TEST_CASE("an owner on this host that died is passed over at once") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_FALSE(take(database.session, dead));
    CHECK_FALSE(take(database.session, alive));
    CHECK(take(database.session, elsewhere) == alive);
}

TEST_CASE("an owner elsewhere is respected until its time has run out") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_FALSE(take(database.session, elsewhere));
    CHECK(take(database.session, alive) == elsewhere);
    let_time_pass(database.session);
    CHECK_FALSE(take(database.session, alive));
    CHECK(take(database.session, elsewhere) == alive);
}

TEST_CASE("an owner that lives loses its lease all the same when its time has run out") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_FALSE(take(database.session, alive));
    let_time_pass(database.session);
    CHECK_FALSE(take(database.session, elsewhere));
}

TEST_CASE("only the owner lets go of a lease") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_FALSE(take(database.session, alive));
    release_lease(database.session, "shop", "purge", elsewhere);
    CHECK(take(database.session, elsewhere) == alive);
    release_lease(database.session, "shop", "purge", alive);
    CHECK_FALSE(take(database.session, elsewhere));
}

TEST_CASE("of many that want a lease at the same moment one gets it") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    if (GENERATE(false, true)) CHECK_FALSE(take(database.session, dead));
    std::atomic<int> next = 0;
    const auto refused = at_once(database.options, 12, [&](Session& session) {
        return take(session, "host-" + std::to_string(++next) + "/boot/1/1/1").has_value();
    });
    CHECK(std::count(refused.begin(), refused.end(), false) == 1);
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_leases WHERE name = 'purge'") == 1);
}

TEST_CASE("a lease that is locked for a transaction is refused to another at once, and free after it") {
    Database database(Dialect::mariadb);
    Session other(database.options);
    {
        Transaction mine(database.session);
        CHECK(lock_lease(database.session, "shop", "seal"));
        Transaction theirs(other);
        const auto began = std::chrono::steady_clock::now();
        CHECK_FALSE(lock_lease(other, "shop", "seal"));
        CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
        CHECK(lock_lease(other, "crm", "seal"));
        mine.commit();
    }
    Transaction theirs(other);
    CHECK(lock_lease(other, "shop", "seal"));
}

TEST_CASE("the first ever to lock a lease makes its row, and of several one has it") {
    Database database(Dialect::mariadb);
    std::atomic<int> held = 0;
    std::atomic<int> most = 0;
    at_once(database.options, 8, [&](Session& session) {
        Transaction transaction(session);
        if (!lock_lease(session, "shop", "seal")) return 0;
        most = std::max(most.load(), ++held);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        --held;
        transaction.commit();
        return 1;
    });
    CHECK(most == 1);
}
