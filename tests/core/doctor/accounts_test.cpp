#include "src/doctor/accounts.h"

#include "src/doctor/zones.h"
#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;

TEST_CASE("identities that are the same to somebody are told once, masked, with the keys of two") {
    CollisionsFound found{
        "users.email", "utf8mb4_general_ci", db::Collisions{1, 2, false, {{"anabel@example.com", "1", "2"}}},
        db::Collisions{1, 2, false, {{"anabel@example.com", "1", "2"}}}, db::Collisions{3, 7, false, {}}};
    CHECK(
        shown(judge_collisions(found)) ==
        Lines{
            "warning: 'users.email': 1 identity of 2 accounts, such as 'a••l@example.com' of id:1 and id:2 are the "
            "same to "
            "who takes no notice of case > in any other spelling they answer AMBIGUOUS_USER: merge them, or correct "
            "one "
            "in the application",
            "warning: 'users.email': 3 identities of 7 accounts are the same to Unicode, in its compatibility forms "
            "and "
            "without case > pwreset tells them apart byte for byte; where the application does not, a reset of one may "
            "reach the other: correct one of them"});
    found = {"users.login", "", db::Collisions{}, db::Collisions{}, {}};
    CHECK(shown(judge_collisions(found)) ==
          Lines{"ok: 'users.login': this server cannot tell what is the same to Unicode",
                "ok: 'users.login': no two accounts are the same to who takes no notice of case"});
    found.by_unicode = db::Collisions{1001, 3000, true, {}};
    CHECK(shown(judge_collisions(found))
              .front()
              .starts_with("warning: 'users.login': more than 1000 identities are the same to Unicode"));
}

TEST_CASE("zones are told with the moment at which their clocks change next") {
    const Time now = *parse_rfc3339("2026-11-28T04:00:00Z");
    const Time change = *parse_rfc3339("2027-03-28T01:00:00Z");
    CHECK(zone_in_words([&](Time at) { return std::optional(Seconds(at < change ? 3600 : 7200)); }, now) ==
          "+01:00 now, +02:00 from 2027-03-28T01:00:00Z");
    CHECK(zone_in_words([](Time) { return std::optional(Seconds(-12600)); }, now) == "-03:30 now and for a year");
    CHECK(zone_in_words([](Time) { return std::optional<Seconds>(); }, now).empty());
}
