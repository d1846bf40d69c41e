#include "src/queue/schedule.h"

#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("the pause doubles from half a minute to an hour") {
    const std::vector<int> seconds{30, 60, 120, 240, 480, 960, 1920, 3600, 3600};
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        CHECK(pause_after(static_cast<int>(i) + 1) == Seconds(seconds[i]));
    }
}

TEST_CASE("no number of attempts makes the pause shorter than the first or longer than an hour") {
    CHECK(pause_after(0) == Seconds(30));
    CHECK(pause_after(-1) == Seconds(30));
    CHECK(pause_after(65535) == Seconds(3600));
}

TEST_CASE("a code is given up after ten minutes, a link after a day") {
    const Time queued = *parse_rfc3339("2026-03-01T12:00:00Z");
    CHECK(give_up_at(queued, Kind::reset_otp) == *parse_rfc3339("2026-03-01T12:10:00Z"));
    CHECK(give_up_at(queued, Kind::verify_caller) == *parse_rfc3339("2026-03-01T12:10:00Z"));
    CHECK(give_up_at(queued, Kind::link) == *parse_rfc3339("2026-03-02T12:00:00Z"));
}

TEST_CASE("a delivery has failed after eight refusals") { CHECK(most_failures == 8); }
