#include "src/doctor/queue.h"

#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;
using namespace std::chrono_literals;

namespace {

const Time midday = *parse_rfc3339("2026-03-01T12:00:00Z");

Lines waiting(std::int64_t due, Seconds since) {
    db::QueueState state;
    if (due > 0) state.due_since = midday - since;
    return shown(judge_queue(due, state, midday));
}

const std::string daily = " > run 'pwreset purge-expired' daily, from cron or a timer";

}  // namespace

TEST_CASE("what has been due for more than a quarter of an hour is a warning") {
    const std::string remedy = " > is 'pwreset deliver' running? start it, or run it from cron";
    CHECK(waiting(0, 0s) == Lines{"ok: nothing is due"});
    CHECK(waiting(1, 40s) == Lines{"ok: 1 delivery is due, the first for 40 s"});
    CHECK(waiting(3, 900s) == Lines{"ok: 3 deliveries are due, the first for 15 min"});
    CHECK(waiting(3, 901s) == Lines{"warning: 3 deliveries are due, the first for 15 min 1 s" + remedy});
}

TEST_CASE("what is stranded, uncertain or failed is told") {
    db::QueueState state;
    state.stranded = 1;
    state.uncertain = 2;
    state.failed = 3;
    CHECK(shown(judge_queue(0, state, midday)) ==
          Lines{"ok: nothing is due",
                "warning: 1 delivery held by a process that is gone > 'pwreset deliver' takes them back",
                "warning: 2 deliveries may or may not have arrived > 'pwreset deliver' sends them again, with a new "
                "link or code",
                "warning: 3 deliveries failed in the last 24 hours > pwreset audit --action send --since 24h"});
}

TEST_CASE("text messages in doubt are told: nobody sends them again") {
    const std::string remedy = " > say in [sms] what its answers mean: pwreset audit --action send --since 24h";
    db::QueueState state;
    state.in_doubt = 1;
    CHECK(shown(judge_queue(0, state, midday)) ==
          Lines{"ok: nothing is due",
                "warning: of 1 text message in the last 24 hours nobody knows whether the gateway took it" + remedy});
    state.in_doubt = 7;
    CHECK(
        shown(judge_queue(0, state, midday)) ==
        Lines{"ok: nothing is due",
              "warning: of 7 text messages in the last 24 hours nobody knows whether the gateway took them" + remedy});
}

TEST_CASE("requests of web back ends that wait for more than a quarter of an hour are a warning") {
    const std::string remedy = " > is 'pwreset deliver' running? it looks into them, and a day later they are erased";
    CHECK(judge_intake({0, {}}, midday).empty());
    CHECK(judge_intake({7, midday - 900s}, midday).empty());
    CHECK(shown(judge_intake({1, midday - 901s}, midday)) ==
          Lines{"warning: 1 request of web back ends waits, the first for 15 min 1 s" + remedy});
    CHECK(shown(judge_intake({2, midday - 3h}, midday)) ==
          Lines{"warning: 2 requests of web back ends wait, the first for 3 h" + remedy});
}

TEST_CASE("a site that is never purged is a warning, a new one not yet") {
    CHECK(shown(judge_purge({midday - 3h, midday - 1000h, 0}, midday)) == "ok: the last purge was 3 h ago");
    CHECK(shown(judge_purge({{}, midday - 3h, 0}, midday)) == "ok: no purge yet; the tables were made 3 h ago");
    CHECK(shown(judge_purge({{}, midday - 49h, 0}, midday)) == "warning: no purge in the last two days" + daily);
    CHECK(shown(judge_purge({midday - 3h, midday - 1000h, 1}, midday)) ==
          "warning: 1 token is past their retention" + daily);
    CHECK(shown(judge_purge({{}, {}, 10001}, midday)) ==
          "warning: more than 10000 tokens are past their retention" + daily);
}

TEST_CASE("dates ahead are a problem until a day after what they stand for was bounded, then a warning") {
    const std::string finding = ": 3 audit entries are dated up to 30 d ahead: the database's clock was wrong";
    const auto left = [](std::optional<Time> bounded) {
        return shown(judge_clock_left({.rows = 3, .ahead = 720h, .bounded_at = bounded}, midday));
    };
    CHECK(judge_clock_left({}, midday).empty());
    CHECK(left({}) ==
          Lines{"problem" + finding + " > 'pwreset deliver' bounds what they stand for; keep its time by NTP"});
    const std::string remedy = " > is its time kept by NTP? 'pwreset audit --action clock' tells more";
    CHECK(left(midday - 23h) == Lines{"problem" + finding + remedy});
    CHECK(left(midday - 24h) == Lines{"warning" + finding + remedy});
}
