// Clocks of an application in the hours that summer time leaves out and repeats.
#include "src/apps/clocks.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// A column with a bare time in Berlin, where clocks went back at 01:00 UTC.
Profile berlin(bool second, Revocation revocation) {
    Profile profile;
    profile.zone = "Europe/Berlin";
    profile.repeated_hour_second = second;
    profile.store.mode = StoreMode::delete_insert;
    profile.store.set = {
        {"created_at", Expression::parse("issued", {{.name = "issued", .type = ValueType::time}}, false)}};
    profile.store.revocation = revocation;
    return profile;
}

Time at(const std::string& time) { return *parse_rfc3339("2026-10-25T" + time + "Z"); }

std::string told(const Profile& profile, const std::string& time) {
    return rfc3339(Clocks(profile).representable(at(time))).substr(11, 8);
}

}  // namespace

TEST_CASE("a pass of the repeated hour that an application does not take is told behind it, or before") {
    const Profile first = berlin(false, Revocation::remove);
    CHECK(told(first, "00:30:00") == "00:30:00");
    CHECK(told(first, "01:00:00") == "02:00:00");
    CHECK(told(first, "01:59:59") == "02:00:00");
    CHECK(told(first, "02:00:00") == "02:00:00");
    CHECK(told(berlin(false, Revocation::impossible), "01:30:00") == "00:59:59");
    const Profile second = berlin(true, Revocation::remove);
    CHECK(told(second, "00:00:00") == "01:00:00");
    CHECK(told(second, "00:30:00") == "01:00:00");
    CHECK(told(second, "01:00:00") == "01:00:00");
    CHECK(told(second, "23:59:59") == "23:59:59");
    CHECK(told(berlin(true, Revocation::impossible), "00:30:00") == "23:59:59");
}

TEST_CASE("what a column shows is read as the application reads it") {
    const Profile first = berlin(false, Revocation::remove);
    const Profile second = berlin(true, Revocation::remove);
    CHECK(Clocks(first).read_cell("2026-10-25 02:30:00", false) == at("00:30:00"));
    CHECK(Clocks(second).read_cell("2026-10-25 02:30:00", false) == at("01:30:00"));
    CHECK(Clocks(second).cell_of(at("01:30:00")).text == "2026-10-25 02:30:00");
    CHECK_FALSE(Clocks(first).read_cell("0000-00-00 00:00:00", false));
    CHECK_FALSE(Clocks(first).read_cell(std::nullopt, true));
}
