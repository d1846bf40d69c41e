#include "src/time_zone.h"

#include <stdlib.h>
#include <time.h>

#include <string>
#include <vector>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
using namespace std::chrono_literals;
using std::chrono::local_days;
using std::chrono::sys_days;

namespace {

constexpr auto year(int number) { return std::chrono::year{number}; }

LocalTime shown(std::chrono::year_month_day day, Seconds clock) { return local_days(day) + clock; }

/// How far the C library says that a zone's clocks are ahead of UTC.
Seconds offset_of_the_c_library(Time time) {
    const time_t seconds = std::chrono::floor<Seconds>(time).time_since_epoch().count();
    tm local{};
    localtime_r(&seconds, &local);
    return Seconds(local.tm_gmtoff);
}

void check_against_the_c_library(const std::string& name) {
    INFO(name);
    const char* set = getenv("TZ");
    const std::string before = set ? set : "";
    setenv("TZ", name.c_str(), 1);
    tzset();
    const TimeZone zone = TimeZone::named(name);
    std::vector<Time> differing;
    // An odd step, so that each hour of the day is met, to well beyond what the files list.
    for (Time time = sys_days(year(1970) / 1 / 1); time < sys_days(year(2060) / 1 / 1); time += 13h + 7min) {
        if (zone.offset(time) != offset_of_the_c_library(time)) differing.push_back(time);
    }
    before.empty() ? unsetenv("TZ") : setenv("TZ", before.c_str(), 1);
    tzset();
    CHECK(differing.size() == 0);
    if (!differing.empty()) CHECK(db_text(differing.front()).empty());
}

}  // namespace

TEST_CASE("a zone's clocks show what the C library says, for ninety years") {
    for (const char* name :
         {"Europe/Berlin", "Asia/Tehran", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu",
          "Africa/Casablanca", "Europe/Dublin", "Australia/Lord_Howe", "America/Santiago", "Asia/Gaza", "America/Nuuk",
          "Pacific/Apia", "Antarctica/Troll", "Pacific/Chatham", "Etc/GMT+5", "UTC"})
        check_against_the_c_library(name);
}

TEST_CASE("the hour that is left out is shown at no moment, the repeated one at two") {
    const TimeZone berlin = TimeZone::named("Europe/Berlin");
    CHECK(berlin.moments(shown(year(2026) / 3 / 29, 2h + 30min)).empty());
    CHECK(berlin.moments(shown(year(2026) / 10 / 25, 2h + 30min)) ==
          std::vector<Time>{sys_days(year(2026) / 10 / 25) + 30min, sys_days(year(2026) / 10 / 25) + 1h + 30min});
    CHECK(berlin.moments(shown(year(2026) / 7 / 1, 12h)) == std::vector<Time>{sys_days(year(2026) / 7 / 1) + 10h});
    CHECK(berlin.moments(shown(year(2026) / 3 / 29, 3h)) == std::vector<Time>{sys_days(year(2026) / 3 / 29) + 1h});
    // Beyond what the file lists.
    CHECK(berlin.moments(shown(year(2050) / 10 / 30, 2h + 30min)).size() == 2);
    // Half an hour.
    const TimeZone lord_howe = TimeZone::named("Australia/Lord_Howe");
    CHECK(lord_howe.moments(shown(year(2026) / 4 / 5, 1h + 45min)).size() == 2);
    CHECK(lord_howe.moments(shown(year(2026) / 4 / 5, 1h + 15min)).size() == 1);
}

TEST_CASE("what a zone's clocks show leads back to its moment") {
    const TimeZone tehran = TimeZone::named("Asia/Tehran");
    const Time noon = sys_days(year(2026) / 7 / 1) + 12h + std::chrono::microseconds(5);
    CHECK(tehran.local(noon) == shown(year(2026) / 7 / 1, 15h + 30min) + std::chrono::microseconds(5));
    CHECK(tehran.moments(tehran.local(noon)) == std::vector<Time>{noon});
}

TEST_CASE("an offset is a zone") {
    const Time noon = sys_days(year(2026) / 7 / 1) + 12h;
    CHECK(TimeZone().offset(noon) == 0s);
    CHECK(TimeZone::named("+02:00").offset(noon) == 2h);
    CHECK(TimeZone::named("-03:30").offset(noon) == -3h - 30min);
    CHECK(TimeZone::named("+02:00").moments(shown(year(2026) / 7 / 1, 14h)) == std::vector<Time>{noon});
}

TEST_CASE("what names no zone of the machine is refused") {
    for (const char* name :
         {"", "Europe/Atlantis", "Europe", "/etc/localtime", "../../../etc/passwd", "Europe/../UTC", "+2:00", "+02.00",
          "+15:00", "+02:60", "+02:0x", "2", "tzdata.zi", "right/UTC", "Europe/Berlin ", "Berlin\x1b[2J"}) {
        INFO(name);
        CHECK_THROWS_AS(TimeZone::named(name), Error);
    }
    try {
        TimeZone::named("Berlin");
        FAIL("it is taken");
    } catch (const Error& error) {
        CHECK(error.message == "no time zone is named 'Berlin'");
        CHECK(error.code == "CONFIG");
    }
}

TEST_CASE("what is no file of the tz database is none") {
    CHECK_FALSE(TimeZone::of_file(""));
    CHECK_FALSE(TimeZone::of_file("TZif"));
    std::string head = "TZif2" + std::string(15, '\0') + std::string(24, '\0');
    CHECK_FALSE(TimeZone::of_file(head));
    CHECK_FALSE(TimeZone::of_file(head + head + "\n\n"));  // no type at all
    std::string one = head;
    one[39] = 1;  // one type
    const std::string block = one + std::string(6, '\0');
    CHECK(TimeZone::of_file(head + block + "\nUTC0\n"));
    CHECK(TimeZone::of_file(head + block + "\n\n"));
    CHECK_FALSE(TimeZone::of_file(head + block));
    CHECK_FALSE(TimeZone::of_file(head + block + "\nCET-1CEST\n"));
    CHECK_FALSE(TimeZone::of_file(head + one + "\nUTC0\n"));
    // Counts beyond what there is.
    std::string many = head;
    many[32] = 127;
    CHECK_FALSE(TimeZone::of_file(many + block + "\nUTC0\n"));
}

TEST_CASE("a rule of POSIX is read whole or not at all") {
    const Time january = sys_days(year(2026) / 1 / 15);
    const Time july = sys_days(year(2026) / 7 / 15);
    CHECK(ZoneRule::read("<+0330>-3:30")->offset(july) == 3h + 30min);
    CHECK(ZoneRule::read("EST5EDT,M3.2.0,M11.1.0")->offset(july) == -4h);
    CHECK(ZoneRule::read("EST5EDT,M3.2.0,M11.1.0")->offset(january) == -5h);
    CHECK(ZoneRule::read("AEST-10AEDT,M10.1.0,M4.1.0/3")->offset(january) == 11h);
    // Days of the year: the 60th without 29 February is 1 March in each year.
    const auto days = ZoneRule::read("A0B,J60/0,J61/0");
    CHECK(days->offset(sys_days(year(2024) / 3 / 1) + 12h) == 1h);
    CHECK(days->offset(sys_days(year(2024) / 2 / 29) + 12h) == 0h);
    CHECK(days->offset(sys_days(year(2025) / 3 / 1) + 12h) == 1h);
    CHECK(ZoneRule::read("A0B,59/0,60/0")->offset(sys_days(year(2024) / 2 / 29) + 12h) == 1h);
    for (const char* text : {"", "CET", "CET-1CEST", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                             "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "<+03-3", "C?T-1", "CET-168",
                             "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1CEST,J0,J1", "CET-9999999999999"}) {
        INFO(text);
        CHECK_FALSE(ZoneRule::read(text));
    }
}
