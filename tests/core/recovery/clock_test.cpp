// The database's clock was wrong for a while and is right again: each rule against each jump. What was written
// meanwhile ends, waits and is held no longer than its rule says, measured from now on; the trail remarks and accuses
// nobody.
#include <cmath>

#include "db/own/clocks.h"
#include "db/own/leases.h"
#include "db/own/limits.h"
#include "db/own/tokens.h"
#include "src/audit/seal.h"
#include "src/audit/verify.h"
#include "src/queue/clock_correction.h"
#include "src/upkeep/purge.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

constexpr Seconds one_hour{3600};
constexpr Seconds one_day = 24 * one_hour;
const std::vector<Seconds> jumps{30 * one_day, one_hour, -one_hour, -30 * one_day};

/// Ada's account; `work` is done while the clock is wrong, which is right a minute later.
template <typename Act>
void while_wrong(Desk& desk, Seconds jump, const Act& work) {
    desk.account({});
    desk.request("id:42", {.override_limits = true});  // by the clock as it was before
    Context context = desk.invocation();
    seal(context, std::chrono::seconds(5));
    desk.world.now += jump;
    work();
    desk.later(Seconds(60) - jump);
}

/// How far the latest time of a column lies ahead of the clock as it is.
Seconds ahead(Desk& desk, const std::string& column, const std::string& from) {
    const auto row = desk.session.row("SELECT MAX(" + column + ") FROM " + from);
    const auto time = row->optional_time(0);
    return time ? std::chrono::floor<Seconds>(*time - desk.world.now) : Seconds(0);
}

Verification verified(Desk& desk) {
    Context context = desk.invocation();
    return verify_audit(context, {}, false, [](std::int64_t) {});
}

PurgeResult purged_by_right_clock(Desk& desk) {
    Context context = desk.invocation();
    return purge(context, {}, [](const std::string&, std::int64_t) {});
}

bool is_far_ahead(Seconds jump) { return jump > Seconds(60); }

}  // namespace

TEST_CASE("lifetime: after any jump no link lives longer than its lifetime from now on") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] { desk.request("id:42", {.override_limits = true}); });
        desk.deliver();
        CHECK(ahead(desk, "expires_at", "pwreset_tokens WHERE live = 1") <= desk.config.reset.link_lifetime);
        CHECK(ahead(desk, "issued_at", "pwreset_tokens") <= Seconds(60));
        desk.later(desk.config.reset.link_lifetime + Seconds(1));
        Context context = desk.invocation();
        CHECK(db::count_live(context.session, "shop", {}, {}) == 0);
    }
}

TEST_CASE("lifetime: a code for a caller that was issued ahead verifies nobody when the clock is right") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] {
            desk.request("id:42", {.kind = Kind::verify_caller, .override_limits = true});
            CHECK(db::live_code(desk.session, "shop", "42", Kind::verify_caller));
        });
        CHECK_FALSE(db::live_code(desk.session, "shop", "42", Kind::verify_caller));
    }
}

TEST_CASE("cooldown: after any jump the next request waits no longer than the cooldown") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] { desk.request("id:42"); });
        CHECK(desk.outcome("id:42") == "accepted");
    }
}

TEST_CASE("window: after any jump a full counter holds no longer than its window") {
    for (const auto jump : jumps) {
        Desk desk;
        desk.config.limits.per_account = {1, 2 * one_hour};
        desk.config.limits.cooldown = Seconds(0);
        while_wrong(desk, jump, [&] { desk.request("id:42"); });
        const auto result = desk.request("id:42");
        if (result.failure) CHECK(result.failure->available_in_seconds.value_or(0) <= (3 * one_hour).count());
        if (std::abs(jump.count()) > (3 * one_hour).count()) CHECK_FALSE(result.failure);
        desk.later(3 * one_hour + Seconds(61));
        CHECK(desk.outcome("id:42") == "accepted");
    }
}

TEST_CASE("lease: after any jump what another host's worker held is free after one lease") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] {
            desk.request("id:42", {.queue = true, .override_limits = true});
            desk.killed_at("minted", [&] { desk.deliver(); });
            desk.lease_to("elsewhere/b/n/1/1");
        });
        desk.deliver();
        desk.later(Seconds(61));
        desk.deliver();
        // What a clock of last month queued has had its day.
        CHECK(desk.delivery(2) == (jump < -one_day ? "failed gave_up" : "sent"));
    }
}

TEST_CASE("lease: after any jump a purge on another host holds up ours for one lease at most") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump,
                    [&] { db::take_lease(desk.session, "shop", "purge", "elsewhere/b/n/1/1", Seconds(60)); });
        CHECK_FALSE(purged_by_right_clock(desk).busy);
    }
}

TEST_CASE("retry: after any jump what was put off is tried within an hour") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] {
            desk.post.answers = {{Verdict::temporary, true, "450 4.2.0 later"}};
            desk.request("id:42", {.queue = true, .override_limits = true});
            desk.deliver();
            CHECK(desk.delivery(2) == "queued");
        });
        desk.deliver();
        CHECK(ahead(desk, "next_at", "pwreset_deliveries WHERE state = 'queued'") <= one_hour);
        desk.later(one_hour);
        desk.deliver();
        CHECK(desk.delivery(2) == (jump < -one_day ? "failed gave_up" : "sent"));
    }
}

TEST_CASE("retry: what was queued ahead leaves when the clock is right, and gives up a day later at the latest") {
    for (const auto jump : jumps) {
        if (!is_far_ahead(jump)) continue;
        Desk desk;
        while_wrong(desk, jump, [&] { desk.request("id:42", {.queue = true, .override_limits = true}); });
        CHECK(desk.deliver().sent == 1);
        CHECK(ahead(desk, "queued_at", "pwreset_deliveries") <= Seconds(60));
    }
}

TEST_CASE("retention: after any jump nothing is kept longer than its retention") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] { desk.request("id:42", {.override_limits = true}); });
        desk.deliver();
        desk.later(desk.config.retention.tokens + 2 * one_hour);
        purged_by_right_clock(desk);
        CHECK(desk.text("SELECT COUNT(*) FROM pwreset_tokens") == "0");
        desk.later(desk.config.retention.deliveries - desk.config.retention.tokens);
        purged_by_right_clock(desk);
        CHECK(desk.text("SELECT COUNT(*) FROM pwreset_deliveries") == "0");
    }
}

TEST_CASE("retention: counters of a clock that was far ahead go with the next purge") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] { desk.request("id:42"); });
        desk.later(desk.config.retention.limits + 2 * one_hour);
        purged_by_right_clock(desk);
        CHECK(desk.text("SELECT COUNT(*) FROM pwreset_limits") == "0");
    }
}

TEST_CASE("chain: after any jump the trail verifies, and one that is beyond waiting is remarked") {
    for (const auto jump : jumps) {
        Desk desk;
        while_wrong(desk, jump, [&] {
            desk.request("id:42", {.override_limits = true});
            Context context = desk.invocation();
            context.recorded = true;
            seal_quietly(context);
        });
        desk.request("id:42", {.override_limits = true});
        const auto result = verified(desk);
        CHECK_FALSE(result.tampered);
        CHECK(result.findings.empty());
        const bool beyond_waiting = std::abs(jump.count()) > one_hour.count();
        const auto remarked = std::count_if(result.remarks.begin(), result.remarks.end(),
                                            [](const auto& remark) { return remark.kind == "clock_back"; });
        CHECK(remarked == (beyond_waiting ? 1 : 0));
        CHECK(verified(desk).findings.empty());
    }
}

TEST_CASE("chain: rows of a wrong clock and of the right one that are sealed together are remarked alike") {
    Desk desk;
    while_wrong(desk, 30 * one_day, [&] { desk.request("id:42", {.override_limits = true}); });
    desk.request("id:42", {.override_limits = true});  // none of these was sealed meanwhile
    const auto result = verified(desk);
    CHECK_FALSE(result.tampered);
    REQUIRE(result.remarks.size() == 1);
    CHECK(result.remarks.front().kind == "clock_back");
}

TEST_CASE("what a clock left that was ahead is told once, with what was bounded, and to doctor") {
    Desk desk;
    while_wrong(desk, 30 * one_day, [&] { desk.request("id:42", {.queue = true, .override_limits = true}); });
    CHECK(clock_left(desk.session, "shop").rows == 1);
    CHECK_FALSE(clock_left(desk.session, "shop").bounded_at);
    desk.deliver();
    desk.deliver();
    const auto told = desk.lines("SELECT detail FROM pwreset_audit WHERE action = 'clock'", 1);
    REQUIRE(told.size() == 1);
    CHECK(told.front() == "ahead=30 d entries=1 deliveries=1 tokens=0");
    CHECK(clock_left(desk.session, "shop").bounded_at == desk.world.now);
    desk.later(31 * one_day);
    CHECK(clock_left(desk.session, "shop").rows == 0);
}

TEST_CASE("nothing is bounded while the host's clock says that the database's is behind") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    const Time right = desk.world.now;
    desk.world.env.clock = [right] { return right; };
    desk.later(-30 * one_day);
    desk.deliver();
    CHECK(desk.lines("SELECT detail FROM pwreset_audit WHERE action = 'clock'", 1).empty());
    desk.later(30 * one_day);
    CHECK(ahead(desk, "expires_at", "pwreset_tokens") == desk.config.reset.link_lifetime);
}

TEST_CASE("a login that may set no times makes void what was issued ahead") {
    Desk desk;
    while_wrong(desk, 30 * one_day, [&] { desk.request("id:42", {.override_limits = true}); });
    CHECK(db::void_tokens_ahead(desk.session, "shop", desk.world.now + Seconds(60)) == 1);
    CHECK(desk.tokens() == Lines{"void expired", "void clock"});
}

TEST_CASE("a purge by a clock that is far ahead of the host's deletes nothing, and says so") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    const Time right = desk.world.now;
    desk.world.env.clock = [right] { return right; };
    desk.later(500 * one_day);
    const auto result = purged_by_right_clock(desk);
    REQUIRE(result.kept.size() == 1);
    CHECK(in_words(result.kept.front()) ==
          "everything: the database's clock is 500 d ahead of this host's, so rows look old");
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_tokens") == "1");
    CHECK(desk.trail().back() == "purge clock ahead");
}
