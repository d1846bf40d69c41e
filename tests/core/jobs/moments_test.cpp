// The times in the columns of applications, as they write them.
#include "src/jobs/moments.h"

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

/// "2026-03-01T12:34:56Z", "never" or "unclear".
std::string told(const std::optional<std::string>& cell, const std::string& zone = "utc", bool timestamp = false,
                 const std::string& session = {}) {
    Profile profile;
    profile.zone = "Asia/Tehran";
    profile.application_zone = "Europe/Berlin";
    profile.session_zone = session;
    const auto moment = Moments(profile, zone).read(cell, timestamp);
    if (moment.says == Moment::Says::never) return "never";
    return moment.says == Moment::Says::unclear ? "unclear" : rfc3339(moment.when);
}

}  // namespace

TEST_CASE("a moment is read in every form that applications write") {
    const std::string moment = "2026-03-01T12:34:56Z";
    for (const char* cell : {"2026-03-01 12:34:56", "2026-03-01 12:34:56.000", "2026-03-01T12:34:56.000Z",
                             "2026-03-01 13:34:56+01:00", "20260301123456", "1772368496", "1772368496.75",
                             "1772368496000", "1772368496000000", " 2026-03-01 12:34:56 "}) {
        INFO(cell);
        CHECK(told(cell) == moment);
    }
    CHECK(told("2026-03-01") == "2026-03-01T00:00:00Z");
    CHECK(told("2026-03-01 12:34") == "2026-03-01T12:34:00Z");
}

TEST_CASE("a bare time is of the column's zone, and of the profile's where it has none") {
    CHECK(told("2026-07-01 12:00:00", "application") == "2026-07-01T10:00:00Z");
    CHECK(told("2026-07-01 12:00:00", "+02:00") == "2026-07-01T10:00:00Z");
    CHECK(told("2026-07-01 12:00:00", "") == "2026-07-01T08:30:00Z");
    CHECK(told("2026-07-01T12:00:00Z", "application") == "2026-07-01T12:00:00Z");
    CHECK(told("1782907200", "application") == "2026-07-01T12:00:00Z");
    // An hour that clocks leave out is the one behind it.
    CHECK(told("2026-03-29 02:30:00", "application") == "2026-03-29T00:30:00Z");
    CHECK_THROWS_AS(told("2026-07-01", "Nowhere/Town"), Error);
}

TEST_CASE("a TIMESTAMP is a moment, or what the application's clock shows told to a connection in another zone") {
    CHECK(told("2026-07-01 12:00:00", "application", true) == "2026-07-01T12:00:00Z");
    CHECK(told("2026-07-01 12:00:00", "application", true, "UTC") == "2026-07-01T10:00:00Z");
}

TEST_CASE("what stands for no time is never, and what nobody knows is unclear") {
    for (const char* cell : {"", " ", "0", "1", "0000-00-00 00:00:00", "0000-00-00", "1970-01-01 00:00:00",
                             "1970-01-01 00:00:01", "1899-12-30", "9999-12-31 23:59:59", "253402300799"}) {
        INFO(cell);
        CHECK(told(cell) == "never");
    }
    CHECK(told(std::nullopt) == "never");
    for (const char* cell : {"yesterday", "2026-13-01 00:00:00", "-5", "12.5.2026", "2026-03-01 12:34:56 CET"}) {
        INFO(cell);
        CHECK(told(cell) == "unclear");
    }
}
