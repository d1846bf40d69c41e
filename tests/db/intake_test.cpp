#include "db/own/intake.h"

#include "db/own/purge.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

struct Intake : Database {
    Intake() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {}

    void add(const std::string& identity, const std::string& trace, const std::string& app = "shop") {
        insert_intake(session, app,
                      {.id = 0,
                       .identity = identity,
                       .locale = "fa",
                       .operator_name = "www-data",
                       .trace_id = "00000000-0000-4000-8000-00000000000" + trace,
                       .taken_at = {}});
    }
    std::int64_t count() { return number("SELECT COUNT(*) FROM pwreset_intake"); }
};

}  // namespace

TEST_CASE("a request waits as it was typed until it is consumed, once") {
    Intake db;
    CHECK_FALSE(any_intake(db.session, "shop"));
    db.add("Ada+\xF0\x9F\x90\xA6@example.com", "1");
    db.add("b@example.com", "2", "other");
    CHECK(any_intake(db.session, "shop"));
    const auto rows = intake(db.session, "shop", 0, 10);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].identity == "Ada+\xF0\x9F\x90\xA6@example.com");
    CHECK(rows[0].locale == "fa");
    CHECK(rows[0].operator_name == "www-data");
    CHECK(rows[0].trace_id == "00000000-0000-4000-8000-000000000001");
    CHECK(has_intake(db.session, rows[0].id));
    CHECK(consume_intake(db.session, rows[0].id));
    CHECK_FALSE(consume_intake(db.session, rows[0].id));
    CHECK_FALSE(has_intake(db.session, rows[0].id));
    CHECK_FALSE(any_intake(db.session, "shop"));
    CHECK(db.count() == 1);
}

TEST_CASE("requests come oldest first, page by page") {
    Intake db;
    for (const char* trace : {"1", "2", "3"}) db.add(std::string(trace) + "@example.com", trace);
    const auto first = intake(db.session, "shop", 0, 2);
    REQUIRE(first.size() == 2);
    CHECK(first[0].identity == "1@example.com");
    const auto rest = intake(db.session, "shop", first[1].id, 2);
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].identity == "3@example.com");
}

TEST_CASE("a call is taken in once") {
    Intake db;
    db.add("a@example.com", "1");
    CHECK_THROWS_AS(db.add("a@example.com", "1"), Duplicate);
}

TEST_CASE("of requests that wait for too long only the old ones of the application go") {
    Intake db;
    db.add("a@example.com", "1");
    db.add("b@example.com", "2", "other");
    const Time now = db.session.now();
    CHECK(erase_intake_before(db.session, "shop", now - Seconds(60), 10) == 0);
    CHECK(erase_intake_before(db.session, "shop", now + Seconds(60), 10) == 1);
    CHECK(db.count() == 1);
    Watermark mark;
    CHECK(purge_batch(db.session, Purgeable::intake, "other", now + Seconds(60), 10, mark) == 1);
    CHECK(db.count() == 0);
}

TEST_CASE("the backlog of requests says how many wait and since when") {
    Intake db;
    CHECK(intake_backlog(db.session, "shop").waiting == 0);
    CHECK_FALSE(intake_backlog(db.session, "shop").oldest);
    db.add("a@example.com", "1");
    db.add("b@example.com", "2");
    const auto backlog = intake_backlog(db.session, "shop");
    CHECK(backlog.waiting == 2);
    CHECK(backlog.oldest == intake(db.session, "shop", 0, 1).front().taken_at);
}
