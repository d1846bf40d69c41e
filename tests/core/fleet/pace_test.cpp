#include "src/fleet/pace.h"

#include "tests/catch.h"

using namespace pwreset;
using namespace std::chrono_literals;

TEST_CASE("in no span more leave than the rate says") {
    MailConfig mail;
    mail.rate = Rate{3, Seconds(10)};
    Pace pace(mail);
    const Pace::Clock::time_point began{1000s};
    CHECK(pace.room(began) == 3);
    for (int i = 0; i < 3; ++i) pace.note("a.example", began + i * 1s);
    CHECK(pace.room(began + 5s) == 0);
    CHECK(pace.next_at(began + 5s) == began + 10s);
    CHECK(pace.room(began + 10s) == 1);
    CHECK_FALSE(pace.next_at(began + 10s));
    CHECK(pace.room(began + 11s) == 2);
    CHECK(pace.room(began + 1h) == 3);
}

TEST_CASE("a domain has a rate of its own") {
    MailConfig mail;
    mail.domains["xn--bcher-kva.example"] = Rate{1, Seconds(1)};
    Pace pace(mail);
    const Pace::Clock::time_point now{1000s};
    CHECK(domain_of("ada@B\u00fccher.example") == "xn--bcher-kva.example");
    CHECK(pace.by_domain());
    CHECK(pace.room(now) > 1'000'000);
    CHECK(pace.room_for("xn--bcher-kva.example", now) == 1);
    CHECK_FALSE(pace.room_for("other.example", now));
    pace.note("xn--bcher-kva.example", now);
    pace.note("other.example", now);
    CHECK(pace.room_for("xn--bcher-kva.example", now) == 0);
    CHECK(pace.room_for("xn--bcher-kva.example", now + 1s) == 1);
    CHECK_FALSE(Pace(MailConfig()).by_domain());
}
