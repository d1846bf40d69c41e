#include "src/doctor/queue.h"

#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;
using namespace std::chrono_literals;

namespace {

const Time noon = *parse_rfc3339("2026-03-01T12:00:00Z");

Lines waiting(std::int64_t due, Seconds since) {
    db::QueueState state;
    if (due > 0) state.due_since = noon - since;
    return shown(judge_queue(due, state, noon));
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
    CHECK(shown(judge_queue(0, state, noon)) ==
          Lines{"ok: nothing is due",
                "warning: 1 delivery held by a process that is gone > 'pwreset deliver' takes them back",
                "warning: 2 deliveries may or may not have arrived > 'pwreset deliver' sends them again, with a new "
                "link or code",
                "warning: 3 deliveries failed in the last 24 hours > pwreset audit --action send --since 24h"});
}

TEST_CASE("requests of web back ends that wait for more than a quarter of an hour are a warning") {
    const std::string remedy = " > is 'pwreset deliver' running? it looks into them, and a day later they are erased";
    CHECK(judge_intake({0, {}}, noon).empty());
    CHECK(judge_intake({7, noon - 900s}, noon).empty());
    CHECK(shown(judge_intake({1, noon - 901s}, noon)) ==
          Lines{"warning: 1 request of web back ends waits, the first for 15 min 1 s" + remedy});
    CHECK(shown(judge_intake({2, noon - 3h}, noon)) ==
          Lines{"warning: 2 requests of web back ends wait, the first for 3 h" + remedy});
}

TEST_CASE("a site that is never purged is a warning, a new one not yet") {
    CHECK(shown(judge_purge({noon - 3h, noon - 1000h, 0}, noon)) == "ok: the last purge was 3 h ago");
    CHECK(shown(judge_purge({{}, noon - 3h, 0}, noon)) == "ok: no purge yet; the tables were made 3 h ago");
    CHECK(shown(judge_purge({{}, noon - 49h, 0}, noon)) == "warning: no purge in the last two days" + daily);
    CHECK(shown(judge_purge({noon - 3h, noon - 1000h, 1}, noon)) == "warning: 1 token is past their retention" + daily);
    CHECK(shown(judge_purge({{}, {}, 10001}, noon)) ==
          "warning: more than 10000 tokens are past their retention" + daily);
}
