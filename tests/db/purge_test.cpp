#include "db/own/purge.h"

#include <algorithm>

#include "db/own/deliveries.h"
#include "db/own/tokens.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

using Batches = std::vector<std::int64_t>;

/// A database with old rows, and the time before which they are old.
struct Attic : Database {
    Attic() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {}

    void add_tokens(int count, Time expires_at, const std::string& app = "shop") {
        std::vector<NewToken> tokens;
        for (int i = 0; i < count; ++i) {
            NewToken token;
            token.account = std::to_string(++account_);
            token.kind = Kind::link;
            token.channel = Channel::email;
            token.issued_at = expires_at - Seconds(60);
            token.expires_at = expires_at;
            tokens.push_back(token);
        }
        insert_tokens(session, app, tokens);
    }
    void add_limit(const std::string& key, Time window_ends, const std::string& app = "shop") {
        session.run("INSERT INTO pwreset_limits (app, limit_key, hits, window_ends) VALUES (:app, :key, 1, :ends)",
                    {{"app", app}, {"key", key}, {"ends", window_ends}});
    }
    /// What each batch deleted, until the walk was at its end.
    Batches walk(Purgeable what, int most) {
        Batches out;
        Watermark mark;
        for (int i = 0; i < 100; ++i) {
            const auto gone = purge_batch(session, what, "shop", cut, most, mark);
            if (!gone) break;
            out.push_back(*gone);
        }
        return out;
    }

    const Time cut = parse_db_time("2026-03-01 00:00:00");

private:
    int account_ = 0;
};

}  // namespace

TEST_CASE("rows of the same moment are all purged, batch by batch") {
    Attic attic;
    attic.add_tokens(25, attic.cut - Seconds(10));
    CHECK(count_purgeable(attic.session, Purgeable::tokens, "shop", attic.cut) == 25);
    CHECK(attic.walk(Purgeable::tokens, 10) == Batches{10, 10, 5});
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_tokens") == 0);
}

TEST_CASE("rows of different moments, some the same, are all purged") {
    Attic attic;
    for (const int age : {9, 1, 5, 5, 5, 3, 9, 2}) attic.add_tokens(3, attic.cut - Seconds(age));
    CHECK(attic.walk(Purgeable::tokens, 7) == Batches{7, 7, 7, 3});
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_tokens") == 0);
}

TEST_CASE("the end of a walk is reported, also when the last batch was full, and when there was nothing") {
    Attic attic;
    CHECK(attic.walk(Purgeable::tokens, 10) == Batches{0});
    attic.add_tokens(20, attic.cut - Seconds(10));
    CHECK(attic.walk(Purgeable::tokens, 10) == Batches{10, 10, 0});
    Watermark mark;
    mark.at_end = true;
    attic.add_tokens(1, attic.cut - Seconds(10));
    CHECK_FALSE(purge_batch(attic.session, Purgeable::tokens, "shop", attic.cut, 10, mark));
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_tokens") == 1);
}

TEST_CASE("what is not older than the cut stays") {
    Attic attic;
    attic.add_tokens(2, attic.cut - std::chrono::microseconds(1));
    attic.add_tokens(3, attic.cut);
    attic.add_tokens(4, attic.cut + Seconds(1));
    CHECK(attic.walk(Purgeable::tokens, 10) == Batches{2});
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_tokens") == 7);
}

TEST_CASE("rows of another application in between stay, and do not stop the walk") {
    Attic attic;
    for (int i = 0; i < 6; ++i) {
        attic.add_tokens(2, attic.cut - Seconds(10));
        attic.add_tokens(5, attic.cut - Seconds(10), "crm");
    }
    CHECK(count_purgeable(attic.session, Purgeable::tokens, "shop", attic.cut) == 12);
    std::int64_t gone = 0;
    for (const auto batch : attic.walk(Purgeable::tokens, 4)) gone += batch;
    CHECK(gone == 12);
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_tokens WHERE app = 'shop'") == 0);
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_tokens WHERE app = 'crm'") == 30);
}

TEST_CASE("limits are purged by their keys, whatever bytes those hold") {
    Attic attic;
    const Time ended = attic.cut - Seconds(10);
    for (int i = 0; i < 20; ++i) attic.add_limit("account:" + std::to_string(i), ended);
    attic.add_limit("Account:1", ended);
    attic.add_limit("recipient:'\\", ended);
    attic.add_limit(std::string("r:\x01\xff\xfe", 5), ended);
    attic.add_limit("account:1", ended, "crm");
    attic.add_limit("running", attic.cut + Seconds(10));
    CHECK(count_purgeable(attic.session, Purgeable::limits, "shop", attic.cut) == 23);
    const auto batches = attic.walk(Purgeable::limits, 1);
    CHECK(std::count(batches.begin(), batches.end(), 1) == 23);
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_limits") == 2);
}

TEST_CASE("counters of web back ends are purged as the others are") {
    Attic attic;
    for (const auto& ends : {attic.cut - Seconds(10), attic.cut + Seconds(10)})
        attic.session.run(
            "INSERT INTO pwreset_web_limits (app, limit_key, hits, window_ends) VALUES ('shop', :key, 1, :ends)",
            {{"key", "web:call:" + db_text(ends)}, {"ends", ends}});
    CHECK(count_purgeable(attic.session, Purgeable::web_limits, "shop", attic.cut) == 1);
    attic.walk(Purgeable::web_limits, 10);
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_web_limits") == 1);
}

TEST_CASE("a delivery is purged when it is finished, a job when none of its deliveries is left") {
    Attic attic;
    const Job done(attic.session);
    const Job open(attic.session);
    insert_deliveries(attic.session, "shop", done.id, {{"1", Kind::link, Channel::email}}, {});
    insert_deliveries(attic.session, "shop", open.id,
                      {{"1", Kind::link, Channel::email}, {"2", Kind::link, Channel::email}}, {});
    attic.session.run("UPDATE pwreset_jobs SET created_at = '2026-01-01 00:00:00'");
    attic.session.run(
        "UPDATE pwreset_deliveries SET state = 'sent', finished_at = '2026-01-01 00:00:00' "
        "WHERE account = '1'");
    CHECK(count_purgeable(attic.session, Purgeable::jobs, "shop", attic.cut) == 0);
    CHECK(attic.walk(Purgeable::deliveries, 10) == Batches{2});
    CHECK(count_purgeable(attic.session, Purgeable::jobs, "shop", attic.cut) == 1);
    CHECK(attic.walk(Purgeable::jobs, 1) == Batches{1, 0, 0});
    CHECK(attic.text("SELECT trace_id FROM pwreset_jobs") == open.trace_id);
    CHECK(attic.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE state = 'queued'") == 1);
}
