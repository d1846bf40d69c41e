#include "db/own/upkeep.h"

#include "db/own/deliveries.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;
using namespace std::chrono_literals;

namespace {

/// A delivery of account `account` in `state`, due since so long.
void deliver(Database& database, std::int64_t job, const std::string& account, const std::string& state, Seconds due) {
    insert_deliveries(database.session, "shop", job, {{account, Kind::link, Channel::email}}, {});
    const Time now = database.session.now();
    database.session.run(
        "UPDATE pwreset_deliveries SET state = :state, next_at = :due, lease_until = :due, finished_at = :due "
        "WHERE account = :account",
        {{"state", state}, {"due", now - due}, {"account", account}});
}

void audit(Database& database, const std::string& app, const std::string& action, Time at) {
    database.session.run(
        "INSERT INTO pwreset_audit (app, at, operator, host, action, result, trace_id, personal, key_id, mac) "
        "VALUES (:app, :at, 'tom', 'host', :action, 'done', '1', 'x', 'k', 'x')",
        {{"app", app}, {"at", at}, {"action", action}});
}

void token(Database& database, const std::string& app, const std::string& account, Time expires) {
    database.session.run(
        "INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, state, issued_at, expires_at) "
        "VALUES (:app, :account, 'link', 'email', 1, 1, 'void', :at, :at)",
        {{"app", app}, {"account", account}, {"at", expires}});
}

}  // namespace

TEST_CASE("the state of a queue is told by the longest-waiting delivery and by those that went wrong") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const Time now = database.session.now();
    auto state = queue_state(database.session, "shop", now - 24h);
    CHECK_FALSE(state.due_since);
    CHECK(state.stranded + state.uncertain + state.failed == 0);

    const Job job(database.session);
    deliver(database, job.id, "1", "queued", 60s);
    deliver(database, job.id, "2", "queued", -600s);
    deliver(database, job.id, "3", "uncertain", 7200s);
    deliver(database, job.id, "4", "claimed", 60s);
    deliver(database, job.id, "5", "held", -60s);
    deliver(database, job.id, "6", "failed", 60s);
    deliver(database, job.id, "7", "failed", 100000s);
    deliver(database, job.id, "8", "sent", 60s);
    state = queue_state(database.session, "shop", now - 24h);
    REQUIRE(state.due_since);
    CHECK(*state.due_since < now - 7100s);
    CHECK(state.stranded == 1);
    CHECK(state.uncertain == 1);
    CHECK(state.failed == 1);
    CHECK(state.in_doubt == 0);
    CHECK_FALSE(queue_state(database.session, "other", now - 24h).due_since);
}

TEST_CASE("a text message in doubt is not due, and told apart from mails that go once more") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const Job job(database.session);
    for (const char* account : {"1", "2"}) deliver(database, job.id, account, "uncertain", 7200s);
    deliver(database, job.id, "3", "uncertain", 100000s);
    database.session.run("UPDATE pwreset_deliveries SET channel = 'sms'");
    const auto state = queue_state(database.session, "shop", database.session.now() - 24h);
    CHECK_FALSE(state.due_since);
    CHECK(state.uncertain == 0);
    CHECK(state.in_doubt == 2);
}

TEST_CASE("the last purge is the newest of this application since a time") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const Time now = database.session.now();
    CHECK_FALSE(last_purge(database.session, "shop", now - 48h));
    audit(database, "shop", "purge", now - 100h);
    audit(database, "shop", "request", now - 1h);
    audit(database, "other", "purge", now - 1h);
    CHECK_FALSE(last_purge(database.session, "shop", now - 48h));
    audit(database, "shop", "purge", now - 5h);
    audit(database, "shop", "purge", now - 7h);
    CHECK(last_purge(database.session, "shop", now - 48h) == now - 5h);
}

TEST_CASE("expired tokens are counted among the oldest only") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const Time now = database.session.now();
    token(database, "other", "1", now - 50h);
    token(database, "shop", "2", now - 40h);
    token(database, "shop", "3", now - 30h);
    token(database, "shop", "4", now - 1h);
    CHECK(tokens_expired_before(database.session, "shop", now - 24h, 100) == 2);
    CHECK(tokens_expired_before(database.session, "shop", now - 24h, 2) == 1);
    CHECK(tokens_expired_before(database.session, "shop", now - 60h, 100) == 0);
}

TEST_CASE("a site's age is that of its first table") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const auto made = installed_at(database.session);
    REQUIRE(made);
    CHECK(database.session.now() - *made < 60s);
}
