#include <atomic>
#include <chrono>
#include <latch>

#include "db/bulk.h"
#include "db/retrying.h"
#include "tests/db/fixture.h"
#include "tests/db/wire.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// The exit code of the Error that something ends in.
template <typename Act>
Exit exit_of(Act act) {
    try {
        act();
    } catch (const Error& error) {
        return error.exit;
    }
    return Exit::ok;
}

void kill_connection_of(Session& session) {
    TestDatabase::get().run("KILL CONNECTION " + session.row("SELECT CONNECTION_ID()")->text(0));
}

/// A table of hits, and a transaction that adds one.
void make_hits(Session& session) {
    session.run("CREATE TABLE hits (id INTEGER PRIMARY KEY AUTO_INCREMENT, word TEXT)");
}
void add_hit(Session& session) { session.run("INSERT INTO hits (word) VALUES ('hit')"); }

}  // namespace

TEST_CASE("a conflict is repeated until it goes through") {
    Database database(Dialect::sqlite, Tables::none);
    int calls = 0;
    retrying(database.session, [&] {
        if (++calls < 3) throw Conflict{};
    });
    CHECK(calls == 3);
}

TEST_CASE("a conflict is given up after eight times") {
    Database database(Dialect::sqlite, Tables::none);
    int calls = 0;
    CHECK(exit_of([&] {
              retrying(database.session, [&] {
                  ++calls;
                  throw Conflict{};
              });
          }) == Exit::unavailable);
    CHECK(calls == 8);
}

TEST_CASE("a lock that somebody holds is waited for once, however often it could be, and then hardly any more") {
    using Clock = std::chrono::steady_clock;
    Database database(Dialect::mariadb, Tables::none);
    make_hits(database.session);
    add_hit(database.session);
    Session other(database.options);
    const auto waited = [&](int seconds) {
        std::string told;
        const auto began = Clock::now();
        const auto body = [&] { database.session.run("UPDATE hits SET word = 'ours'"); };
        try {
            retrying(database.session, body, {}, {.span = std::chrono::seconds(seconds)});
        } catch (const Error& error) {
            told = error.code + ": " + error.message;
        }
        CHECK(told ==
              "UNAVAILABLE: the database was too busy: somebody holds a lock on rows or tables of the database "
              "(error 1205)");
        return std::chrono::duration<double>(Clock::now() - began).count();
    };
    SECTION("of a row") { other.run("BEGIN"), other.run("UPDATE hits SET word = 'held'"); }
    SECTION("of a table") { other.run("LOCK TABLES hits WRITE"); }
    const double first = waited(3);
    CHECK(first > 1.9);
    CHECK(first < 5);
    CHECK(waited(10) < 3);
    // After that a statement has all its time again.
    CHECK(database.number("SELECT @@innodb_lock_wait_timeout + @@lock_wait_timeout") == 20);
}

TEST_CASE("what is left of the patience bounds each wait, also where several follow each other") {
    Database database(Dialect::mariadb, Tables::none);
    retrying(database.session,
             [&] {
                 // A busy machine may let it sleep for seconds more.
                 std::this_thread::sleep_for(std::chrono::milliseconds(1200));
                 const auto left = database.number("SELECT @@innodb_lock_wait_timeout");
                 CHECK(left >= 1);
                 CHECK(left <= 8);
             },
             {}, {.span = std::chrono::seconds(9)});
    CHECK(database.number("SELECT @@innodb_lock_wait_timeout") == 10);
}

TEST_CASE("a server that takes no writes ends the work where there is no other host, as a fault of the configuration") {
    Database database(Dialect::mariadb, Tables::none);
    int calls = 0;
    const auto refuse = [&] {
        ++calls;
        throw ReadOnly{Exit::unavailable, "UNAVAILABLE", "read-only", "ask another"};
    };
    try {
        retrying(database.session, refuse);
        FAIL("it went through");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::config);
        CHECK(error.message == "read-only");
        CHECK(error.hint == "ask another");
    }
    CHECK(calls == 1);
}

TEST_CASE("a transaction that is too large, a duplicate and an Error are not repeated") {
    Database database(Dialect::sqlite, Tables::none);
    int calls = 0;
    Conflict too_large;
    too_large.too_large = true;
    CHECK_THROWS_AS(retrying(database.session,
                             [&] {
                                 ++calls;
                                 throw too_large;
                             }),
                    Conflict);
    CHECK_THROWS_AS(retrying(database.session,
                             [&] {
                                 ++calls;
                                 throw Duplicate{};
                             }),
                    Duplicate);
    CHECK_THROWS_AS(retrying(database.session,
                             [&] {
                                 ++calls;
                                 throw internal_error("x");
                             }),
                    Error);
    CHECK(calls == 3);
}

TEST_CASE("two transactions that lock each other out both go through") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE rivals (id INTEGER PRIMARY KEY, hits INTEGER)");
    database.session.run("INSERT INTO rivals VALUES (1, 0), (2, 0)");
    std::latch both_hold_one(2);
    std::atomic<int> rounds = 0;
    std::atomic<int> next = 0;
    const auto calls = at_once(database.options, 2, [&](Session& session) {
        const int first = ++next;
        int attempts = 0;
        retrying(session, [&] {
            Transaction transaction(session);
            ++rounds;
            session.run("UPDATE rivals SET hits = hits + 1 WHERE id = :id", {{"id", first}});
            if (++attempts == 1) both_hold_one.arrive_and_wait();
            session.run("UPDATE rivals SET hits = hits + 1 WHERE id = :id", {{"id", 3 - first}});
            transaction.commit();
        });
        return attempts;
    });
    CHECK(calls[0] + calls[1] == 3);
    CHECK(rounds == 3);
    CHECK(database.number("SELECT SUM(hits) FROM rivals") == 4);
    CHECK(database.number("SELECT MIN(hits) FROM rivals") == 2);
}

TEST_CASE("a connection killed before the commit is made anew, and the work done once") {
    Database database(Dialect::mariadb, Tables::none);
    make_hits(database.session);
    int calls = 0;
    retrying(database.session, [&] {
        Transaction transaction(database.session);
        add_hit(database.session);
        if (++calls == 1) kill_connection_of(database.session);
        add_hit(database.session);
        transaction.commit();
    });
    CHECK(calls == 2);
    CHECK(database.number("SELECT COUNT(*) FROM hits") == 2);
}

TEST_CASE("a connection killed while nothing was going on is made anew") {
    Database database(Dialect::mariadb, Tables::none);
    kill_connection_of(database.session);
    int answer = 0;
    retrying(database.session, [&] { answer = static_cast<int>(database.number("SELECT 42")); });
    CHECK(answer == 42);
}

TEST_CASE("when the connection breaks during the commit, it is asked what became of it") {
    Database database(Dialect::mariadb, Tables::none);
    make_hits(database.session);
    Wire wire;
    Session session(wire.options());
    const auto cut = GENERATE(Wire::Cut::before_commit, Wire::Cut::after_commit);
    wire.cut_at_commit(cut);
    int calls = 0;
    int questions = 0;
    retrying(
        session,
        [&] {
            Transaction transaction(session);
            ++calls;
            add_hit(session);
            transaction.commit();
        },
        [&] {
            ++questions;
            return session.row("SELECT COUNT(*) FROM hits")->integer(0) == 1;
        });
    CHECK(calls == (cut == Wire::Cut::before_commit ? 2 : 1));
    CHECK(questions == 1);
    CHECK(database.number("SELECT COUNT(*) FROM hits") == 1);
}

TEST_CASE("what waits for a commit that broke is done once, whether it had happened or is made anew") {
    Database database(Dialect::mariadb, Tables::none);
    make_hits(database.session);
    Wire wire;
    Session session(wire.options());
    wire.cut_at_commit(GENERATE(Wire::Cut::before_commit, Wire::Cut::after_commit));
    int done = 0;
    retrying(
        session,
        [&] {
            Transaction transaction(session);
            add_hit(session);
            session.after_commit([&] { ++done; });
            transaction.commit();
        },
        [&] { return session.row("SELECT COUNT(*) FROM hits")->integer(0) == 1; });
    CHECK(done == 1);
}

TEST_CASE("when nobody can say what became of the commit, neither do we") {
    Database database(Dialect::mariadb, Tables::none);
    make_hits(database.session);
    Wire wire;
    Session session(wire.options());
    wire.cut_at_commit(GENERATE(Wire::Cut::before_commit, Wire::Cut::after_commit));
    int calls = 0;
    CHECK(exit_of([&] {
              retrying(session, [&] {
                  Transaction transaction(session);
                  ++calls;
                  add_hit(session);
                  transaction.commit();
              });
          }) == Exit::outcome_unknown);
    CHECK(calls == 1);
}

TEST_CASE("when the connection breaks again while that is asked, nobody knows either") {
    Database database(Dialect::sqlite, Tables::none);
    int calls = 0;
    const auto lost_in_commit = [&] {
        ++calls;
        Lost lost;
        lost.during_commit = true;
        throw lost;
    };
    CHECK(exit_of([&] { retrying(database.session, lost_in_commit, []() -> bool { throw Lost{}; }); }) ==
          Exit::outcome_unknown);
    CHECK(calls == 1);
}

TEST_CASE("when the server stays away after the commit broke, nobody knows, and the session stays lost") {
    Database database(Dialect::mariadb, Tables::none);
    make_hits(database.session);
    Wire wire;
    Session session(wire.options());
    CHECK(exit_of([&] {
              retrying(session, [&] {
                  Transaction transaction(session);
                  add_hit(session);
                  wire.take_down();
                  transaction.commit();
              });
          }) == Exit::outcome_unknown);
    CHECK_THROWS_AS(add_hit(session), Lost);
    CHECK_THROWS_AS(bulk_insert(session, "INSERT INTO hits (word) VALUES", "(?)", {{"hit"}}), Lost);
    CHECK(database.number("SELECT COUNT(*) FROM hits") == 0);
}

TEST_CASE("a server that stays away after the connection broke before the commit is UNAVAILABLE") {
    Database database(Dialect::mariadb, Tables::none);
    make_hits(database.session);
    Wire wire;
    Session session(wire.options());
    CHECK(exit_of([&] {
              retrying(session, [&] {
                  Transaction transaction(session);
                  wire.take_down();
                  add_hit(session);
                  transaction.commit();
              });
          }) == Exit::unavailable);
    CHECK(database.number("SELECT COUNT(*) FROM hits") == 0);
}
