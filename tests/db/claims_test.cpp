// Claims by the batch say what claims one by one would, each by one statement.
#include "db/own/claims.h"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "db/own/delivery_records.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// Links of lane bulk to accounts "1" … "n" of application "shop", and two workers.
struct Batch : Database {
    explicit Batch(int count) : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {
        const Job job(session);
        std::vector<NewDelivery> rows;
        for (int i = 1; i <= count; ++i) rows.push_back({std::to_string(i), Kind::link, Channel::email});
        insert_deliveries(session, "shop", job.id, rows, {}, Lane::bulk);
    }
    std::int64_t add(const std::string& account, Kind kind = Kind::link) {
        const Job job(session);
        insert_deliveries(session, "shop", job.id, {{account, kind, Channel::email}}, {});
        return delivery_of_trace(session, "shop", job.trace_id, account)->id;
    }
    std::vector<DeliveryRow> due() { return due_deliveries(session, "shop", Channel::email, Lane::bulk, 1000); }
    std::vector<DeliveryRow> claim(const std::vector<DeliveryRow>& rows) { return claim_all(session, rows, ours); }
    std::int64_t claimed() { return number("SELECT COUNT(*) FROM pwreset_deliveries WHERE state = 'claimed'"); }
    std::string state(std::int64_t id) { return standing(session, id)->state.word; }

    const Time soon = session.now() + Seconds(60);
    const Lease ours{"host-1/boot/1/1/1", soon};
    const Lease theirs{"host-2/boot/1/1/1", soon};
};

}  // namespace

TEST_CASE("a batch is claimed, in its order, each with one attempt more") {
    Batch batch(5);
    batch.session.run("UPDATE pwreset_deliveries SET attempts = 3 WHERE account = '2'");
    const auto rows = batch.due();
    const auto claimed = batch.claim(rows);
    REQUIRE(claimed.size() == 5);
    for (std::size_t i = 0; i < claimed.size(); ++i) {
        CHECK(claimed[i].id == rows[i].id);
        CHECK(claimed[i].attempts == rows[i].attempts + 1);
    }
    CHECK(batch.claim(rows).empty());
    CHECK(claim_all(batch.session, rows, batch.theirs).empty());
    CHECK(batch.claim({}).empty());
}

TEST_CASE("of a batch those are claimed that may be") {
    Batch batch(20);
    const auto rows = batch.due();
    const auto other = batch.add("7");
    REQUIRE(try_claim(batch.session, *delivery(batch.session, "shop", other), batch.theirs));
    REQUIRE(try_claim(batch.session, rows[11], batch.theirs));
    cancel_deliveries(batch.session, "shop", {}, rows[2].id);
    const auto claimed = batch.claim(rows);
    CHECK(claimed.size() == 17);
    for (const auto& row : claimed) {
        CHECK(row.account != "7");
        CHECK(row.id != rows[11].id);
        CHECK(row.id != rows[2].id);
    }
    CHECK(batch.claimed() == 19);
}

TEST_CASE("of two to one account and kind the first is claimed") {
    Batch batch(2);
    auto rows = batch.due();
    rows.push_back(*delivery(batch.session, "shop", batch.add("1")));
    rows.push_back(*delivery(batch.session, "shop", batch.add("1", Kind::reset_otp)));
    const auto claimed = batch.claim(rows);
    REQUIRE(claimed.size() == 3);
    CHECK(claimed.back().kind == Kind::reset_otp);
    CHECK(batch.state(rows[2].id) == "queued");
}

TEST_CASE("of many workers that want the same batch each delivery is claimed by one") {
    Batch batch(40);
    const auto rows = batch.due();
    std::atomic<int> next = 0;
    const auto counts = at_once(batch.options, 6, [&](Session& session) {
        const Lease lease{"host-" + std::to_string(++next), batch.soon};
        std::size_t count = 0;
        retrying(session, [&] {
            Transaction transaction(session);
            count = claim_all(session, rows, lease).size();
            transaction.commit();
        });
        return count;
    });
    CHECK(std::accumulate(counts.begin(), counts.end(), std::size_t{0}) == 40);
    CHECK(batch.claimed() == 40);
}

TEST_CASE("one look tells of each claim whether it stands") {
    Batch batch(4);
    const auto claimed = batch.claim(batch.due());
    cancel_deliveries(batch.session, "shop", {}, claimed[1].id);
    batch.session.run("UPDATE pwreset_deliveries SET lease_owner = 'elsewhere' WHERE account = '3'");
    CHECK(claims_left(batch.session, claimed, batch.ours.owner, Seconds(30)) ==
          std::vector{Claim::ours, Claim::lost, Claim::lost, Claim::ours});
    CHECK(claims_left(batch.session, claimed, batch.ours.owner, Seconds(90)).front() == Claim::short_lived);
    batch.session.run("UPDATE pwreset_deliveries SET attempts = 7 WHERE account = '1'");
    CHECK(claims_left(batch.session, claimed, batch.ours.owner, Seconds(30)).front() == Claim::lost);
    CHECK(is_any_claimed_by(batch.session, claimed, batch.ours.owner));
    CHECK_FALSE(is_any_claimed_by(batch.session, {claimed[1], claimed[2]}, batch.ours.owner));
    CHECK_FALSE(is_any_claimed_by(batch.session, {}, batch.ours.owner));
}

TEST_CASE("what waits behind the deliveries of a batch is superseded by the one to its account") {
    Batch batch(3);
    const auto claimed = batch.claim(batch.due());
    const auto behind = batch.add("2");
    const auto other_kind = batch.add("3", Kind::reset_otp);
    CHECK(supersede_queued(batch.session, "shop", claimed) == 1);
    CHECK(batch.state(behind) == "superseded");
    CHECK(standing(batch.session, behind)->superseded_by == claimed[1].id);
    CHECK(batch.state(other_kind) == "queued");
    CHECK(supersede_queued(batch.session, "shop", std::vector<DeliveryRow>{}) == 0);
}

TEST_CASE("the live tokens of many accounts end at once") {
    Batch batch(1);
    std::vector<NewToken> tokens;
    for (const auto* account : {"1", "2", "3"})
        tokens.push_back({.account = account,
                          .kind = Kind::link,
                          .delivery_id = 1,
                          .attempt = 1,
                          .verifier = std::string(32, *account),
                          .code_mac = {},
                          .key_id = {},
                          .pw_mark = {},
                          .issued_at = batch.session.now(),
                          .expires_at = batch.soon});
    insert_tokens(batch.session, "shop", tokens);
    CHECK(supersede_live(batch.session, "shop", std::vector<std::string>{"1", "3", "4"}, Kind::link) == 2);
    CHECK(supersede_live(batch.session, "shop", std::vector<std::string>{}, Kind::link) == 0);
    CHECK(batch.text("SELECT account FROM pwreset_tokens WHERE live = 1") == "2");
}

TEST_CASE("a batch is marked as sent, each with its relay's words, as far as it is ours") {
    Batch batch(4);
    batch.session.run("UPDATE pwreset_deliveries SET attempts = 1 WHERE account = '4'");
    const auto claimed = batch.claim(batch.due());
    std::vector<Taken> taken;
    for (const auto& row : claimed)
        taken.push_back({row, row.account == "2" ? "b.example" : "a.example", "250 2.0.0 it's #" + row.account});
    const Time at = batch.session.now();
    SECTION("all of them") {
        CHECK(mark_sent(batch.session, taken, batch.ours.owner, at) == 4);
        for (const auto& row : claimed) {
            const Standing now = *standing(batch.session, row.id);
            CHECK(now.state == DeliveryState::sent);
            CHECK(now.relay == (row.account == "2" ? "b.example" : "a.example"));
            CHECK(now.answer == "250 2.0.0 it's #" + row.account);
        }
        CHECK(batch.session.row("SELECT MAX(finished_at) FROM pwreset_deliveries")->time(0) == at);
        CHECK(batch.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE in_flight IS NULL AND lease_owner IS NULL") ==
              4);
    }
    SECTION("but for one that was revoked") {
        cancel_deliveries(batch.session, "shop", {}, claimed[2].id);
        CHECK(mark_sent(batch.session, taken, batch.ours.owner, at) == 3);
        CHECK(batch.state(claimed[2].id) == "cancelled");
    }
    SECTION("but for those of others") { CHECK(mark_sent(batch.session, taken, batch.theirs.owner, at) == 0); }
}
