#include "src/limits/sms_alarm.h"

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/audit/office.h"

using namespace pwreset;

namespace {

/// So many codes whose time has been over for a minute, of which some were used.
void add_codes(Office& office, int count, int used) {
    const Time over = office.session.now() - Seconds(60);
    for (int i = 0; i < count; ++i) {
        office.session.run(
            "INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, state, issued_at, "
            "expires_at) "
            "VALUES ('shop', '42', 'reset_otp', 'sms', 1, 1, :state, :over, :over)",
            {{"state", i < used ? "used" : "live"}, {"over", over}});
    }
}

std::string refusal(Office& office) {
    try {
        require_text_messages(office.session, office.config);
        return "none";
    } catch (const Error& error) {
        return error.code + ": " + error.message;
    }
}

}  // namespace

TEST_CASE("too few used codes are an alarm, too few codes are none") {
    CHECK_FALSE(is_alarming({199, 0}, 5));
    CHECK(is_alarming({200, 0}, 5));
    CHECK(is_alarming({200, 9}, 5));
    CHECK_FALSE(is_alarming({200, 10}, 5));
    CHECK_FALSE(is_alarming({200, 0}, 0));
}

TEST_CASE("an alarm stops text messages until its codes are behind alarm_since") {
    Office office;
    CHECK(refusal(office) == "UNAVAILABLE: no gateway for text messages is configured");
    office.config.sms.emplace();
    CHECK(refusal(office) == "none");
    add_codes(office, judged_codes, 3);
    const std::string alarm = "only 3 of the last 200 codes sent as text messages were used";
    CHECK(sms_alarm(office.session, office.config) == alarm);
    CHECK(refusal(office) == "UNAVAILABLE: text messages are stopped: " + alarm);
    office.config.sms->alarm_percent = 1;
    CHECK(refusal(office) == "none");
    office.config.sms->alarm_percent = 0;
    CHECK(refusal(office) == "none");
    office.config.sms->alarm_percent = 5;
    const Time sent = office.session.now() - Seconds(60) - office.config.reset.code_lifetime;
    office.config.sms->alarm_since = sent - Seconds(1);
    CHECK(refusal(office) != "none");
    office.config.sms->alarm_since = sent + Seconds(10);
    CHECK(refusal(office) == "none");
}
