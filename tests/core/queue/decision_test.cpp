#include "src/queue/decision.h"

#include "src/base/error.h"
#include "src/queue/schedule.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

const Time now = *parse_rfc3339("2026-03-01T12:34:56Z");

db::DeliveryRow a_delivery(Kind kind = Kind::link, int failures = 0, Seconds age = Seconds(0)) {
    db::DeliveryRow row;
    row.id = 7;
    row.kind = kind;
    row.failures = failures;
    row.queued_at = now - age;
    return row;
}

db::Mark mark_of(Verdict verdict, bool counts = false, const db::DeliveryRow& delivery = a_delivery()) {
    return mark_for(delivery, {verdict, counts, "its words"}, now, Seconds(30));
}

}  // namespace

TEST_CASE("what the relay took is sent, what it refused for good has failed") {
    CHECK(mark_of(Verdict::accepted).state == DeliveryState::sent);
    CHECK_FALSE(mark_of(Verdict::accepted).next_at);
    CHECK(mark_of(Verdict::accepted).answer == "its words");
    CHECK(mark_of(Verdict::permanent).state == DeliveryState::failed);
    CHECK(mark_of(Verdict::permanent).reason == "undeliverable");
}

TEST_CASE("what was put off is queued again, what may have arrived is uncertain, both after the pause") {
    CHECK(mark_of(Verdict::temporary).state == DeliveryState::queued);
    CHECK(mark_of(Verdict::unknown).state == DeliveryState::uncertain);
    for (const auto verdict : {Verdict::temporary, Verdict::unknown})
        CHECK(mark_of(verdict).next_at == now + Seconds(30));
}

TEST_CASE("a refusal counts when the relay says so, an unknown outcome always, and the last one ends it") {
    CHECK_FALSE(mark_of(Verdict::temporary).failure_counts);
    CHECK(mark_of(Verdict::temporary, true).failure_counts);
    CHECK(mark_of(Verdict::unknown).failure_counts);
    const auto last = a_delivery(Kind::link, most_failures - 1);
    CHECK(mark_of(Verdict::temporary, false, last).state == DeliveryState::queued);
    CHECK(mark_of(Verdict::temporary, true, last).state == DeliveryState::failed);
    CHECK(mark_of(Verdict::temporary, true, last).reason == "gave_up");
}

TEST_CASE("what stays queued keeps the word for what the relay held against us") {
    SendResult quota{.verdict = Verdict::temporary, .answer = "550 5.4.5 quota", .concern = Concern::quota};
    const auto mark = mark_for(a_delivery(), quota, now, Seconds(30));
    CHECK(mark.state == DeliveryState::queued);
    CHECK(mark.reason == "quota");
    CHECK_FALSE(mark.failure_counts);
    SendResult full{
        .verdict = Verdict::temporary, .counts = true, .answer = "452 4.2.2", .concern = Concern::recipient};
    CHECK_FALSE(mark_for(a_delivery(), full, now, Seconds(30)).reason);
}

TEST_CASE("a code is given up when its next try would come after ten minutes, a link after a day") {
    CHECK(mark_of(Verdict::temporary, false, a_delivery(Kind::reset_otp, 0, Seconds(569))).state ==
          DeliveryState::queued);
    CHECK(mark_of(Verdict::temporary, false, a_delivery(Kind::reset_otp, 0, Seconds(570))).state ==
          DeliveryState::failed);
    CHECK(mark_of(Verdict::temporary, false, a_delivery(Kind::link, 0, Seconds(570))).state == DeliveryState::queued);
    CHECK(mark_of(Verdict::temporary, false, a_delivery(Kind::link, 0, Seconds(86370))).state == DeliveryState::failed);
}
