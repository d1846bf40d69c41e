#include "db/own/limits.h"

#include <algorithm>

#include "db/retrying.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

const Seconds hour(3600);

/// What a policy does: one transaction, repeated on a conflict. Whether it was counted.
bool take(Session& session, const std::string& key, std::int64_t most) {
    bool counted = false;
    prepare_limits(session, "shop", {key});
    retrying(session, [&] {
        Transaction transaction(session);
        counted = !take_limit(session, "shop", key, most, hour, session.now());
        transaction.commit();
    });
    return counted;
}

}  // namespace

TEST_CASE("of twenty at the same moment exactly seven are counted") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const auto counted = at_once(database.options, 20,
                                 [](Session& session) { return static_cast<int>(take(session, "account:42", 7)); });
    CHECK(std::count(counted.begin(), counted.end(), 1) == 7);
    CHECK(database.number("SELECT hits FROM pwreset_limits") == 7);
}

TEST_CASE("a window starts with its first hit, and counts anew when it has ended") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    prepare_limits(session, "shop", {"k"});
    const Time start = session.now() + Seconds(1);
    CHECK_FALSE(take_limit(session, "shop", "k", 2, hour, start));
    CHECK_FALSE(take_limit(session, "shop", "k", 2, hour, start + Seconds(1800)));
    CHECK(take_limit(session, "shop", "k", 2, hour, start + Seconds(1801)) == start + hour);
    CHECK(take_limit(session, "shop", "k", 2, hour, start + Seconds(3599)) == start + hour);
    CHECK_FALSE(take_limit(session, "shop", "k", 2, hour, start + hour));
    CHECK_FALSE(take_limit(session, "shop", "k", 2, hour, start + hour + Seconds(1)));
    CHECK(take_limit(session, "shop", "k", 2, hour, start + hour + Seconds(2)) == start + 2 * hour);
}

TEST_CASE("a hit that is given back can be taken again") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK(take(database.session, "k", 1));
    CHECK_FALSE(take(database.session, "k", 1));
    give_back_limit(database.session, "shop", "k");
    CHECK(take(database.session, "k", 1));
    CHECK_FALSE(take(database.session, "k", 1));
}

TEST_CASE("when all hits were given back, the next starts a window of its own") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    prepare_limits(session, "shop", {"k"});
    const Time start = session.now() + Seconds(1);
    CHECK_FALSE(take_limit(session, "shop", "k", 2, hour, start));
    CHECK_FALSE(take_limit(session, "shop", "k", 2, hour, start));
    give_back_limit(session, "shop", "k");
    CHECK_FALSE(take_limit(session, "shop", "k", 2, hour, start + Seconds(60)));
    CHECK(take_limit(session, "shop", "k", 2, hour, start + Seconds(60)) == start + hour);
    give_back_limit(session, "shop", "k");
    give_back_limit(session, "shop", "k");
    CHECK_FALSE(take_limit(session, "shop", "k", 1, hour, start + Seconds(60)));
    CHECK(take_limit(session, "shop", "k", 1, hour, start + Seconds(60)) == start + Seconds(60) + hour);
}

TEST_CASE("a counter never falls below nothing") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    prepare_limits(database.session, "shop", {"k"});
    give_back_limit(database.session, "shop", "k");
    CHECK(database.number("SELECT hits FROM pwreset_limits") == 0);
}

TEST_CASE("each key and each application has a counter of its own") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    const std::string digest("\0\x01\xff'\\:k ", 8);
    const std::vector<std::string> keys{"account:42", "account:42 ", "ACCOUNT:42", digest};
    prepare_limits(session, "shop", keys);
    prepare_limits(session, "crm", {"account:42"});
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_limits") == 5);
    for (const auto& key : keys) {
        CHECK_FALSE(take_limit(session, "shop", key, 1, hour, session.now()));
        CHECK(take_limit(session, "shop", key, 1, hour, session.now()));
    }
    CHECK_FALSE(take_limit(session, "crm", "account:42", 1, hour, session.now()));
}

TEST_CASE("preparing again leaves what was counted") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK(take(database.session, "k", 1));
    prepare_limits(database.session, "shop", {"k", "other"});
    CHECK(database.number("SELECT hits FROM pwreset_limits WHERE limit_key = 'k'") == 1);
}

TEST_CASE("a hit goes with the transaction that is rolled back") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    prepare_limits(session, "shop", {"k"});
    {
        Transaction dropped(session);
        CHECK_FALSE(take_limit(session, "shop", "k", 1, hour, session.now()));
    }
    CHECK(database.number("SELECT hits FROM pwreset_limits") == 0);
}

TEST_CASE("a counter that a purge took asks for the transaction again") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    CHECK_THROWS_AS(take_limit(database.session, "shop", "gone", 1, hour, database.session.now()), Conflict);
}

TEST_CASE("calls of web back ends are counted in a table of their own, like all others") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    prepare_limits(session, "shop", {"web:call:x", "account:42"});
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_limits") == 1);
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_web_limits") == 1);
    CHECK_FALSE(take_limit(session, "shop", "web:call:x", 1, hour, session.now()));
    CHECK(take_limit(session, "shop", "web:call:x", 1, hour, session.now()));
    CHECK(counters(session, "shop", {"web:call:x", "account:42"}).front().hits == 1);
    CHECK(database.number("SELECT SUM(hits) FROM pwreset_limits") == 0);
    give_back_limit(session, "shop", "web:call:x");
    CHECK(database.number("SELECT hits FROM pwreset_web_limits") == 0);
    CHECK(delete_limits(session, "shop", {"web:call:x", "account:42"}) == 2);
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_web_limits") == 0);
}
