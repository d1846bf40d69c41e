// What is due, lane by lane, and what finding it costs where very much waits.
#include "db/own/deliveries.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// Accounts "1" … under one job.
std::vector<NewDelivery> links(int count) {
    std::vector<NewDelivery> rows;
    for (int i = 1; i <= count; ++i) rows.push_back({std::to_string(i), Kind::link, Channel::email});
    return rows;
}

std::vector<DeliveryRow> due(Session& session, Lane lane, int most = 100) {
    return due_deliveries(session, "shop", Channel::email, lane, most);
}

/// What MariaDB says of a statement's ways, a line a table.
std::vector<std::string> ways(Session& session, const std::string& sql, const Params& params) {
    std::vector<std::string> found;
    for (const Row& row : session.rows("EXPLAIN " + sql, params))
        found.push_back(row.text(2) + ": " + row.text(3) + " " + row.text(5) + "; " + row.text(9));
    return found;
}

std::int64_t rows_read(Session& session) {
    std::int64_t sum = 0;
    for (const Row& row : session.rows("SHOW SESSION STATUS LIKE 'Handler_read%'")) sum += row.integer(1);
    return sum;
}

}  // namespace

TEST_CASE("each lane has what was queued in it, in the order in which it waits") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    const Job job(session);
    const Job other(session);
    insert_deliveries(session, "shop", job.id, links(3), {}, Lane::bulk);
    insert_deliveries(session, "shop", other.id, links(1), {}, Lane::web);
    CHECK(due(session, Lane::agents).empty());
    REQUIRE(due(session, Lane::web).size() == 1);
    CHECK(due(session, Lane::web).front().lane == Lane::web);
    session.run("UPDATE pwreset_deliveries SET next_at = '2001-01-01 00:00:00.000000' WHERE account = '3'");
    session.run("UPDATE pwreset_deliveries SET next_at = '2002-01-01 00:00:00.000000' WHERE account = '2'");
    const auto bulk = due(session, Lane::bulk, 2);
    REQUIRE(bulk.size() == 2);
    CHECK(bulk[0].account == "3");
    CHECK(bulk[1].account == "2");
    CHECK(anything_due(session, "shop"));
}

TEST_CASE("what was queued before there were lanes is of agents, and a lane we do not know is left alone") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    const Job job(session);
    session.run(
        "INSERT INTO pwreset_deliveries (app, job_id, account, kind, channel, state, next_at, queued_at) VALUES "
        "('shop', :job, '1', 'link', 'email', 'queued', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
        {{"job", job.id}});
    CHECK(due(session, Lane::agents).size() == 1);
    session.run("UPDATE pwreset_deliveries SET lane = 'night'");
    for (const auto& [lane, word] : lane_words) CHECK(due(session, lane).empty());
    CHECK_FALSE(anything_due(session, "shop"));
    CHECK(backlog(session, "shop").due == 1);
}

TEST_CASE("what is due is found by the index, however much waits: nothing is sorted, nothing stored in between") {
    Database database(Dialect::mariadb);
    auto& session = database.session;
    const Job job(session);
    insert_deliveries(session, "shop", job.id, links(2000), {}, Lane::bulk);
    const Job single(session);
    insert_deliveries(session, "shop", single.id, links(1), {}, Lane::agents);
    session.rows("ANALYZE TABLE pwreset_deliveries, pwreset_jobs");
    const auto lane = GENERATE(Lane::agents, Lane::bulk);
    const Params params{
        {"app", "shop"}, {"state", "queued"}, {"channel", "email"}, {"lane", word_of(lane)}, {"most", 50}};
    for (const auto& way : ways(session, due_sql(), params)) {
        INFO(way);
        CHECK(way.find("filesort") == std::string::npos);
        CHECK(way.find("temporary") == std::string::npos);
    }
    const auto before = rows_read(session);
    CHECK(due(session, lane, 50).size() == (lane == Lane::bulk ? 50 : 1));
    CHECK(rows_read(session) - before < 400);
}
