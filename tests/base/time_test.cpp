#include "src/base/time.h"

#include <stdlib.h>
#include <time.h>

#include <string>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::sys_days;

namespace {

const Time noon = sys_days{std::chrono::year{2026} / 3 / 1} + 12h + 34min + 56s + microseconds(1);

/// The time zone of this process while it lives; written as in POSIX, so that no zone database is needed.
class Zone {
public:
    explicit Zone(const char* rule) {
        if (const char* set = getenv("TZ")) before_ = set;
        setenv("TZ", rule, 1);
        tzset();
    }
    ~Zone() {
        before_.empty() ? unsetenv("TZ") : setenv("TZ", before_.c_str(), 1);
        tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;

private:
    std::string before_;
};

}  // namespace

TEST_CASE("a time is written for the database with all six digits") {
    CHECK(db_text(noon) == "2026-03-01 12:34:56.000001");
    CHECK(db_text(Time{}) == "1970-01-01 00:00:00.000000");
    CHECK(db_text(Time{} - microseconds(1)) == "1969-12-31 23:59:59.999999");
}

TEST_CASE("a time from the database is read with and without a fraction") {
    CHECK(parse_db_time("2026-03-01 12:34:56.000001") == noon);
    CHECK(parse_db_time("2026-03-01 12:34:56") == noon - microseconds(1));
    CHECK(parse_db_time("2026-03-01 12:34:56.5") == noon - microseconds(1) + 500ms);
    CHECK(parse_db_time("9999-12-31 23:59:59.999999") - parse_db_time("9999-12-31 23:59:59") == microseconds(999'999));
}

TEST_CASE("what is not a time of the database is an internal error that does not repeat the text") {
    for (const char* text : {"", "2026-03-01", "2026-03-01T12:34:56", "2026-03-01 12:34:56Z", "2026-03-01 12:34:56.",
                             "2026-03-01 12:34", "2026-02-29 00:00:00", "2026-13-01 00:00:00", "2026-00-01 00:00:00",
                             "0000-00-00 00:00:00", "2026-03-01 24:00:00", "2026-03-01 00:60:00", "2026-03-01 00:00:60",
                             " 2026-03-01 12:34:56", "2026-03-01 12:34:56 ", "20a6-03-01 12:34:56", "$2y$10$secret"}) {
        INFO(text);
        CHECK_THROWS_AS(parse_db_time(text), Error);
    }
    try {
        parse_db_time("$2y$10$secret");
    } catch (const Error& error) {
        CHECK(error.code == "INTERNAL_ERROR");
        CHECK(error.message.find("secret") == std::string::npos);
    }
}

TEST_CASE("every day from 1970 to 2100 survives the way to the database and back") {
    bool same = true;
    for (sys_days day{std::chrono::year{1970} / 1 / 1}; day < sys_days{std::chrono::year{2100} / 1 / 1};
         day += std::chrono::days(1))
        same = same && parse_db_time(db_text(day + 23h + 59min)) == day + 23h + 59min;
    CHECK(same);
}

TEST_CASE("RFC 3339 is written in whole seconds, cut and not rounded") {
    CHECK(rfc3339(noon) == "2026-03-01T12:34:56Z");
    CHECK(rfc3339(noon + 999'998us) == "2026-03-01T12:34:56Z");
    CHECK(rfc3339(Time{} - microseconds(1)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("RFC 3339 is read with any offset, and a bare date is midnight UTC") {
    const Time whole = noon - microseconds(1);
    CHECK(parse_rfc3339("2026-03-01T12:34:56Z") == whole);
    CHECK(parse_rfc3339("2026-03-01t12:34:56z") == whole);
    CHECK(parse_rfc3339("2026-03-01 12:34:56Z") == whole);
    CHECK(parse_rfc3339("2026-03-01T16:04:56+03:30") == whole);
    CHECK(parse_rfc3339("2026-02-28T23:34:56-13:00") == whole);
    CHECK(parse_rfc3339("2026-03-01T12:34:56-00:00") == whole);
    CHECK(parse_rfc3339("2026-03-01T12:34:56.0000019Z") == noon);
    CHECK(parse_rfc3339("2024-02-29") == sys_days{std::chrono::year{2024} / 2 / 29});
}

TEST_CASE("a time without an offset, and what else is not RFC 3339, is refused") {
    for (const char* text : {"2026-03-01T12:34:56", "2026-03-01T12:34Z", "2026-03-01T12:34:56+0330",
                             "2026-03-01T12:34:56+24:00", "2026-03-01T12:34:56+03:60", "2026-03-01T12:34:56.Z",
                             "2026-03-01T12:34:60Z", "2026-02-29", "2026-3-1", "26-03-01", "yesterday", "",
                             "2026-03-01T", "2026-03-01T12:34:56Zz", "-2026-03-01", "2026-03-01T12:34:56Z "}) {
        INFO(text);
        CHECK_FALSE(parse_rfc3339(text));
    }
}

TEST_CASE("a time that its offset takes out of the years 0 to 9999 is refused") {
    CHECK(parse_rfc3339("0000-01-01T00:01:00+00:01"));
    CHECK_FALSE(parse_rfc3339("0000-01-01T00:00:59.999999+00:01"));
    CHECK(parse_rfc3339("9999-12-31T23:58:59.999999-00:01"));
    CHECK_FALSE(parse_rfc3339("9999-12-31T23:59:00-00:01"));
}

TEST_CASE("RFC 5322 dates carry English names and a numeric zone") {
    CHECK(rfc5322(noon) == "Sun, 01 Mar 2026 12:34:56 +0000");
    CHECK(rfc5322(parse_db_time("2024-12-31 00:00:00")) == "Tue, 31 Dec 2024 00:00:00 +0000");
}

TEST_CASE("a local time follows the zone of the machine and its summer time") {
    const Zone berlin("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(local_text(noon) == "2026-03-01 13:34 CET");
    CHECK(local_text(parse_db_time("2026-07-01 22:00:59.9")) == "2026-07-02 00:00 CEST");
}

TEST_CASE("a local time names a zone that has only a number") {
    const Zone tehran("<+0330>-3:30");
    CHECK(local_text(noon) == "2026-03-01 16:04 +0330");
}

TEST_CASE("a distance in time has one unit and never overstates") {
    const std::vector<std::pair<Seconds, std::string>> cases = {
        {0s, "just now"},   {-4s, "just now"},    {4s, "just now"},         {-5s, "5 s ago"},
        {-59s, "59 s ago"}, {-60s, "1 min ago"},  {-239s, "3 min ago"},     {-3600s, "1 h ago"},
        {7200s, "in 2 h"},  {-86400s, "1 d ago"}, {30 * 86400s, "in 30 d"}, {-400 * 86400s, "400 d ago"},
    };
    for (const auto& [distance, text] : cases) CHECK(relative(noon + distance, noon) == text);
}

TEST_CASE("the distance between the ends of time does not overflow") {
    CHECK(relative(Time::max(), Time::min()) == "in 213503982 d");
    CHECK(relative(Time::min(), Time::max()) == "213503982 d ago");
}

TEST_CASE("a span is read with one unit or as a sum of falling units") {
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("30d") == 720h);
    CHECK(parse_duration("1h30m") == 90min);
    CHECK(parse_duration("1d2h3m4s") == 26h + 3min + 4s);
    CHECK(parse_duration("0s") == 0s);
    CHECK(parse_duration("007s") == 7s);
}

TEST_CASE("what is not a span is refused") {
    for (const char* text :
         {"", "5", "m", "-5m", "+5m", "5 m", " 5m", "5m ", "5M", "5w", "1.5h", "5m1h", "1h1h", "1h30", "5mm", "٥m"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("a span of more than a thousand years is refused, however it is summed up") {
    CHECK(parse_duration("365000d") == Seconds(365'000LL * 86'400));
    CHECK_FALSE(parse_duration("365000d1s"));
    CHECK_FALSE(parse_duration("365001d"));
    CHECK_FALSE(parse_duration("364999d24h1s"));
    CHECK_FALSE(parse_duration("106751991167301d"));
    CHECK_FALSE(parse_duration("9223372036854775807s"));
    CHECK_FALSE(parse_duration("9223372036854775808s"));
    CHECK_FALSE(parse_duration(std::string(400, '9') + "s"));
}

TEST_CASE("a span is worded in at most two units, rounded") {
    const std::vector<std::pair<Seconds, std::string>> cases = {
        {0s, "0 s"},
        {1s, "1 s"},
        {45s, "45 s"},
        {59s, "59 s"},
        {60s, "1 min"},
        {119s, "1 min 59 s"},
        {120s, "2 min"},
        {3599s, "59 min 59 s"},
        {90min, "1 h 30 min"},
        {90min + 29s, "1 h 30 min"},
        {90min + 30s, "1 h 31 min"},
        {72h, "3 d"},
        {24h - 20s, "1 d"},
        {48h - 1s, "2 d"},
        {49h + 30min, "2 d 2 h"},
    };
    for (const auto& [span, text] : cases) CHECK(duration_text(span) == text);
}

TEST_CASE("the longest span is worded without overflow and a negative one is none") {
    CHECK(duration_text(Seconds::max()) == "106751991167300 d 16 h");
    CHECK(duration_text(-5s) == "0 s");
    CHECK(duration_text(Seconds::min()) == "0 s");
}
