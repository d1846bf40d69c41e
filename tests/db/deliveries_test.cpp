#include "db/own/deliveries.h"
#include "db/own/delivery_records.h"

#include <algorithm>
#include <atomic>

#include "db/retrying.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// A queue of application "shop" and two workers that want what is in it.
struct Queue : Database {
    Queue() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {}

    /// Queues one delivery under a job of its own; its id.
    std::int64_t add(const std::string& account, Kind kind = Kind::link, const std::optional<Lease>& holder = {},
                     const std::string& app = "shop") {
        const Job job(session, app);
        insert_deliveries(session, app, job.id, {{account, kind, Channel::email}}, holder);
        return delivery_of_trace(session, app, job.trace_id, account)->id;
    }
    /// A kind of some later version.
    void make_unknown(std::int64_t id) {
        session.run("UPDATE pwreset_deliveries SET kind = 'carrier_pigeon' WHERE id = :id", {{"id", id}});
    }
    std::string state(std::int64_t id) {
        const auto now = standing(session, id);
        return now ? now->state.word : "gone";
    }
    DeliveryRow row(std::int64_t id, const std::string& app = "shop") { return *delivery(session, app, id); }
    std::vector<DeliveryRow> due(int most, Channel channel = Channel::email) {
        return due_deliveries(session, "shop", channel, Lane::agents, most);
    }
    bool claim(std::int64_t id, const Lease& lease) { return try_claim(session, row(id), lease); }
    void let_time_pass() { session.run("UPDATE pwreset_deliveries SET lease_until = '2000-01-01 00:00:00'"); }

    const Time soon = session.now() + Seconds(60);
    const Lease ours{"host-1/boot/1/1/1", soon};
    const Lease theirs{"host-2/boot/1/1/1", soon};
};

Mark ended(const std::string& state) {
    Mark mark;
    mark.state = value_in(delivery_state_words, state).value();
    return mark;
}

}  // namespace

TEST_CASE("what is queued is due at once, those first that wait longest") {
    Queue queue;
    const auto first = queue.add("1");
    const auto second = queue.add("2", Kind::reset_otp);
    queue.add("3");
    queue.add("4", Kind::link, {}, "crm");
    const auto due = queue.due(2);
    REQUIRE(due.size() == 2);
    CHECK(due[0].id == first);
    CHECK(due[1].id == second);
    CHECK(due[1].account == "2");
    CHECK(due[1].kind == Kind::reset_otp);
    CHECK(due[1].channel == Channel::email);
    CHECK(due[1].state == DeliveryState::queued);
    CHECK(due[1].attempts == 0);
    CHECK(due[1].command == "request");
    CHECK(due[1].operator_name == "tom");
    CHECK(due[1].grounds.ticket == "SUP-1");
    CHECK_FALSE(due[1].grounds.reason);
    CHECK(queue.due(10).size() == 3);
}

TEST_CASE("each channel has its own queue") {
    Queue queue;
    queue.add("1");
    const auto text = queue.add("2", Kind::reset_otp);
    queue.session.run("UPDATE pwreset_deliveries SET channel = 'sms' WHERE id = :id", {{"id", text}});
    CHECK(queue.due(10).size() == 1);
    const auto due = queue.due(10, Channel::sms);
    REQUIRE(due.size() == 1);
    CHECK(due[0].id == text);
}

TEST_CASE("a text message that may have been sent is never sent again, superseded or cancelled") {
    Queue queue;
    const auto id = queue.add("1", Kind::reset_otp);
    queue.session.run("UPDATE pwreset_deliveries SET channel = 'sms' WHERE id = :id", {{"id", id}});
    REQUIRE(queue.claim(id, queue.ours));
    CHECK(release_owner(queue.session, "shop", queue.ours.owner) == 1);
    CHECK(queue.state(id) == "uncertain");
    CHECK(queue.due(10, Channel::sms).empty());
    CHECK_FALSE(anything_due(queue.session, "shop"));
    CHECK_FALSE(queue.claim(id, queue.theirs));
    CHECK(backlog(queue.session, "shop").due == 0);
    CHECK(supersede_queued(queue.session, "shop", queue.row(queue.add("1", Kind::reset_otp))) == 0);
    CHECK(cancel_deliveries(queue.session, "shop", {}, id) == 0);
}

TEST_CASE("what may have been sent comes before what was not, and a kind we do not know is left alone") {
    Queue queue;
    const auto queued = queue.add("1");
    const auto uncertain = queue.add("2");
    queue.make_unknown(queue.add("3"));
    queue.session.run("UPDATE pwreset_deliveries SET state = 'uncertain' WHERE id = :id", {{"id", uncertain}});
    const auto due = queue.due(10);
    REQUIRE(due.size() == 2);
    CHECK(due[0].id == uncertain);
    CHECK(due[1].id == queued);
    CHECK(queue.due(1).size() == 1);
}

TEST_CASE("something is due exactly when there is a delivery to be had") {
    Queue queue;
    const auto due = [&] { return anything_due(queue.session, "shop"); };
    CHECK_FALSE(due());
    queue.make_unknown(queue.add("1"));
    queue.add("2", Kind::link, {}, "crm");
    queue.add("3", Kind::link, queue.theirs);
    CHECK_FALSE(due());
    const auto id = queue.add("4", GENERATE(values<Kind>({Kind::link, Kind::reset_otp, Kind::verify_caller})));
    CHECK(due());
    const auto set = [&](const std::string& what, const Value& value) {
        queue.session.run("UPDATE pwreset_deliveries SET " + what + " = :value WHERE id = :id",
                          {{"value", value}, {"id", id}});
    };
    set("next_at", queue.soon);
    CHECK_FALSE(due());
    set("next_at", queue.session.now());
    for (const char* state : {"uncertain", "queued"}) {
        set("state", state);
        CHECK(due());
    }
    for (const char* state : {"held", "claimed", "sent", "failed", "superseded", "cancelled", "refused"}) {
        set("state", state);
        CHECK_FALSE(due());
        CHECK(queue.due(10).empty());
    }
}

TEST_CASE("the backlog is what is due, what waits, and until when") {
    Queue queue;
    CHECK(backlog(queue.session, "shop").due == 0);
    CHECK_FALSE(backlog(queue.session, "shop").next);
    queue.add("1");
    const auto later = queue.add("2");
    const auto sent = queue.add("3");
    queue.session.run("UPDATE pwreset_deliveries SET next_at = :at WHERE id = :id",
                      {{"at", queue.soon}, {"id", later}});
    queue.session.run("UPDATE pwreset_deliveries SET state = 'sent' WHERE id = :id", {{"id", sent}});
    const Backlog waits = backlog(queue.session, "shop");
    CHECK(waits.due == 1);
    CHECK(waits.waiting == 1);
    CHECK(waits.next == queue.soon);
}

TEST_CASE("a job queues one delivery an account") {
    Queue queue;
    const Job job(queue.session);
    Transaction transaction(queue.session);
    CHECK_THROWS_AS(insert_deliveries(queue.session, "shop", job.id,
                                      {{"1", Kind::link, Channel::email}, {"1", Kind::reset_otp, Channel::email}}, {}),
                    Duplicate);
}

TEST_CASE("a delivery is claimed once") {
    Queue queue;
    const auto id = queue.add("1");
    CHECK(queue.claim(id, queue.ours));
    CHECK_FALSE(queue.claim(id, queue.theirs));
    CHECK_FALSE(queue.claim(id, queue.ours));
    CHECK(queue.state(id) == "claimed");
    CHECK(queue.row(id).attempts == 1);
    CHECK(is_claimed_by(queue.session, id, queue.ours.owner));
    CHECK_FALSE(is_claimed_by(queue.session, id, queue.theirs.owner));
}

TEST_CASE("a claim is ours as long as its lease, and lost when it was revoked or taken over") {
    Queue queue;
    const auto id = queue.add("1");
    REQUIRE(queue.claim(id, queue.ours));
    const DeliveryRow claimed = queue.row(id);
    const auto left = [&](const Lease& lease, Seconds least) {
        return claim_left(queue.session, claimed, lease.owner, least);
    };
    CHECK(left(queue.ours, Seconds(30)) == Claim::ours);
    CHECK(left(queue.ours, Seconds(90)) == Claim::short_lived);
    CHECK(left(queue.theirs, Seconds(30)) == Claim::lost);
    SECTION("because it was revoked") { cancel_deliveries(queue.session, "shop", {}, id); }
    SECTION("because it was taken over") {
        release_owner(queue.session, "shop", queue.ours.owner);
        REQUIRE(queue.claim(id, queue.ours));
    }
    CHECK(left(queue.ours, Seconds(30)) == Claim::lost);
}

TEST_CASE("of many workers one claims a delivery, also when two deliveries tempt them") {
    Queue queue;
    const DeliveryRow wanted = queue.row(queue.add("1"));
    const DeliveryRow rival = queue.row(queue.add("1"));
    std::atomic<int> next = 0;
    const auto claimed = at_once(queue.options, 12, [&](Session& session) {
        const int number = ++next;
        bool got = false;
        retrying(session, [&] {
            Transaction transaction(session);
            got = try_claim(session, number % 2 ? wanted : rival, {"host-" + std::to_string(number), queue.soon});
            transaction.commit();
        });
        return static_cast<int>(got);
    });
    CHECK(std::count(claimed.begin(), claimed.end(), 1) == 1);
    CHECK(queue.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE in_flight = 1") == 1);
}

TEST_CASE("one delivery is in flight for each account and kind") {
    Queue queue;
    const auto first = queue.add("1");
    const auto second = queue.add("1");
    const auto other_kind = queue.add("1", Kind::reset_otp);
    const auto other_account = queue.add("2");
    const auto other_application = queue.add("1", Kind::link, {}, "crm");
    REQUIRE(queue.claim(first, queue.ours));
    CHECK_FALSE(queue.claim(second, queue.ours));
    CHECK(queue.state(second) == "queued");
    CHECK(queue.claim(other_kind, queue.ours));
    CHECK(queue.claim(other_account, queue.ours));
    CHECK(try_claim(queue.session, queue.row(other_application, "crm"), queue.ours));
    REQUIRE(mark_delivery(queue.session, queue.row(first), queue.ours, ended("sent")));
    CHECK(queue.claim(second, queue.theirs));
}

TEST_CASE("what is held is not due, and its holder alone can claim it") {
    Queue queue;
    const auto id = queue.add("1", Kind::link, queue.ours);
    CHECK(queue.state(id) == "held");
    CHECK(queue.due(10).empty());
    CHECK_FALSE(queue.claim(id, queue.theirs));
    CHECK(queue.claim(id, queue.ours));
}

TEST_CASE("what its holder lets go of is due when it says") {
    Queue queue;
    const auto held = queue.add("1", Kind::link, queue.ours);
    const auto not_ours = queue.add("2", Kind::link, queue.theirs);
    const auto claimed = queue.add("3");
    REQUIRE(queue.claim(claimed, queue.ours));
    let_go(queue.session, "shop", Channel::email, {queue.ours.owner, queue.soon});
    CHECK(queue.state(held) == "queued");
    CHECK(standing(queue.session, held)->next_at == queue.soon);
    CHECK(queue.state(not_ours) == "held");
    CHECK(queue.state(claimed) == "claimed");
}

TEST_CASE("only the holder marks a delivery, and only of the attempt it made") {
    Queue queue;
    const auto id = queue.add("1");
    REQUIRE(queue.claim(id, queue.ours));
    const DeliveryRow claimed = queue.row(id);
    DeliveryRow before = claimed;
    before.attempts = 0;
    CHECK_FALSE(mark_delivery(queue.session, claimed, queue.theirs, ended("sent")));
    CHECK_FALSE(mark_delivery(queue.session, before, queue.ours, ended("sent")));
    CHECK(queue.state(id) == "claimed");
    Mark sent = ended("sent");
    sent.relay = "mail.example.com";
    sent.answer = "250 2.0.0 Ok: queued as 4F'2";
    CHECK(mark_delivery(queue.session, claimed, queue.ours, sent));
    CHECK_FALSE(mark_delivery(queue.session, claimed, queue.ours, ended("failed")));
    const Standing after = *standing(queue.session, id);
    CHECK(after.state == DeliveryState::sent);
    CHECK(after.relay == sent.relay);
    CHECK(after.answer == sent.answer);
    CHECK(queue.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE finished_at IS NOT NULL AND in_flight IS NULL "
                       "AND lease_owner IS NULL") == 1);
}

TEST_CASE("a delivery that is tried again waits its time, and counts its attempts and failures") {
    Queue queue;
    const auto id = queue.add("1");
    const DeliveryRow stale = queue.row(id);
    REQUIRE(queue.claim(id, queue.ours));
    const DeliveryRow first = queue.row(id);
    Mark again = ended("queued");
    again.next_at = queue.soon;
    again.failure_counts = true;
    REQUIRE(mark_delivery(queue.session, first, queue.ours, again));
    CHECK(queue.row(id).failures == 1);
    CHECK(standing(queue.session, id)->next_at == queue.soon);
    CHECK(queue.due(10).empty());
    CHECK(queue.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE finished_at IS NULL") == 1);
    CHECK_FALSE(queue.claim(id, queue.ours));
    queue.session.run("UPDATE pwreset_deliveries SET next_at = '2000-01-01 00:00:00'");
    CHECK_FALSE(try_claim(queue.session, stale, queue.theirs));
    REQUIRE(queue.claim(id, queue.ours));
    CHECK(queue.row(id).attempts == 2);
    CHECK_FALSE(mark_delivery(queue.session, first, queue.ours, ended("sent")));
    CHECK(mark_delivery(queue.session, queue.row(id), queue.ours, ended("sent")));
    CHECK(queue.row(id).failures == 1);
}

TEST_CASE("of a dead worker what it held is queued again, what it had claimed is uncertain") {
    Queue queue;
    const auto held = queue.add("1", Kind::link, queue.ours);
    const auto claimed = queue.add("2");
    const auto not_its_own = queue.add("3");
    const auto done = queue.add("4");
    REQUIRE(queue.claim(claimed, queue.ours));
    REQUIRE(queue.claim(not_its_own, queue.theirs));
    REQUIRE(queue.claim(done, queue.ours));
    REQUIRE(mark_delivery(queue.session, queue.row(done), queue.ours, ended("sent")));
    auto owners = lease_owners(queue.session, "shop");
    std::sort(owners.begin(), owners.end());
    CHECK(owners == std::vector{queue.ours.owner, queue.theirs.owner});
    CHECK(release_owner(queue.session, "shop", queue.ours.owner) == 2);
    CHECK(queue.state(held) == "queued");
    CHECK(queue.state(claimed) == "uncertain");
    CHECK(queue.state(not_its_own) == "claimed");
    CHECK(queue.state(done) == "sent");
    CHECK(queue.due(10).size() == 2);
    CHECK(queue.claim(claimed, queue.theirs));
    CHECK(release_owner(queue.session, "shop", queue.ours.owner) == 0);
}

TEST_CASE("a claim is taken back when its time has run out, unless it was renewed") {
    Queue queue;
    const auto id = queue.add("1");
    REQUIRE(queue.claim(id, queue.ours));
    CHECK(release_overdue(queue.session, "shop") == 0);
    queue.let_time_pass();
    renew_claims(queue.session, "shop", queue.theirs);
    renew_claims(queue.session, "crm", queue.ours);
    CHECK(queue.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE lease_until < '2001-01-01'") == 1);
    renew_claims(queue.session, "shop", queue.ours);
    CHECK(release_overdue(queue.session, "shop") == 0);
    queue.let_time_pass();
    CHECK(release_overdue(queue.session, "crm") == 0);
    CHECK(release_overdue(queue.session, "shop") == 1);
    CHECK(queue.state(id) == "uncertain");
}

TEST_CASE("what was queued behind a delivery is superseded by it") {
    Queue queue;
    const auto winner = queue.add("1");
    const auto queued = queue.add("1");
    const auto uncertain = queue.add("1");
    const auto held = queue.add("1", Kind::link, queue.theirs);
    const auto other_kind = queue.add("1", Kind::reset_otp);
    const auto other_account = queue.add("2");
    const auto other_application = queue.add("1", Kind::link, {}, "crm");
    queue.session.run("UPDATE pwreset_deliveries SET state = 'uncertain' WHERE id = :id", {{"id", uncertain}});
    REQUIRE(queue.claim(winner, queue.ours));
    CHECK(supersede_queued(queue.session, "shop", queue.row(winner)) == 2);
    CHECK(queue.state(queued) == "superseded");
    CHECK(queue.state(uncertain) == "superseded");
    CHECK(standing(queue.session, queued)->superseded_by == winner);
    CHECK(queue.state(winner) == "claimed");
    CHECK(queue.state(held) == "held");
    for (const auto id : {other_kind, other_account, other_application}) CHECK(queue.state(id) == "queued");
}

TEST_CASE("cancelling ends what is open, of an account, of one delivery or of all") {
    Queue queue;
    const auto queued = queue.add("1");
    const auto held = queue.add("1", Kind::reset_otp, queue.ours);
    const auto claimed = queue.add("2");
    const auto sent = queue.add("3");
    const auto other_application = queue.add("1", Kind::link, {}, "crm");
    REQUIRE(queue.claim(claimed, queue.ours));
    const DeliveryRow in_flight = queue.row(claimed);
    queue.session.run("UPDATE pwreset_deliveries SET state = 'sent' WHERE id = :id", {{"id", sent}});
    CHECK(open_deliveries(queue.session, "shop", {}, {}) == 3);
    SECTION("of an account") {
        CHECK(open_deliveries(queue.session, "shop", "1", {}) == 2);
        CHECK(cancel_deliveries(queue.session, "shop", "1", {}) == 2);
        CHECK(queue.state(held) == "cancelled");
        CHECK(queue.state(claimed) == "claimed");
    }
    SECTION("of one delivery") {
        CHECK(open_deliveries(queue.session, "shop", {}, claimed) == 1);
        CHECK(cancel_deliveries(queue.session, "shop", {}, claimed) == 1);
        CHECK_FALSE(mark_delivery(queue.session, in_flight, queue.ours, ended("sent")));
        CHECK(queue.state(claimed) == "cancelled");
        CHECK(standing(queue.session, claimed)->reason == "revoked");
        CHECK(queue.state(queued) == "queued");
    }
    SECTION("of a stretch of ids") {
        CHECK(last_delivery_id(queue.session) == other_application);
        CHECK(cancel_deliveries_between(queue.session, "shop", {queued, claimed}) == 2);
        CHECK(queue.state(queued) == "queued");
        CHECK(queue.state(held) == "cancelled");
        CHECK(queue.state(claimed) == "cancelled");
        CHECK(cancel_deliveries_between(queue.session, "shop", {claimed, other_application}) == 0);
    }
    SECTION("of all") {
        CHECK(cancel_deliveries(queue.session, "shop", {}, {}) == 3);
        CHECK(open_deliveries(queue.session, "shop", {}, {}) == 0);
    }
    CHECK(queue.state(sent) == "sent");
    CHECK(queue.state(other_application) == "queued");
    CHECK(cancel_deliveries(queue.session, "shop", {}, sent) == 0);
}

TEST_CASE("the last delivery of an account says who asked for it, and a delivery that is gone says so") {
    Queue queue;
    CHECK_FALSE(last_delivery(queue.session, "shop", "1"));
    queue.add("1");
    const Job job(queue.session, "shop", "SUP-2", "eva");
    insert_deliveries(queue.session, "shop", job.id, {{"1", Kind::reset_otp, Channel::email}}, {});
    const auto last = last_delivery(queue.session, "shop", "1");
    REQUIRE(last);
    CHECK(last->operator_name == "eva");
    CHECK(last->ticket == "SUP-2");
    CHECK(last->state == DeliveryState::queued);
    CHECK_FALSE(last_delivery(queue.session, "crm", "1"));
    CHECK(!standing(queue.session, 4711));
    CHECK_FALSE(delivery(queue.session, "shop", 4711));
    CHECK_FALSE(delivery_of_trace(queue.session, "shop", job.trace_id, "2"));
    CHECK_FALSE(delivery_of_trace(queue.session, "crm", job.trace_id, "1"));
}
