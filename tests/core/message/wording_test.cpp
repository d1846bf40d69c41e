#include "src/message/wording.h"

#include <algorithm>
#include <vector>

#include "src/message/persian_calendar.h"
#include "tests/catch.h"

namespace pwreset {
namespace {

Time at(const std::string& text) { return *parse_rfc3339(text); }

std::string in_persian(int year, unsigned month, unsigned day) {
    const auto date = persian_date(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
    return std::to_string(date.year) + "-" + std::to_string(date.month) + "-" + std::to_string(date.day);
}

TEST_CASE("a span reads as a person would say it") {
    CHECK(localised_span(3600, "en") == "1 hour");
    CHECK(localised_span(5400, "en") == "1 hour 30 minutes");
    CHECK(localised_span(300, "en") == "5 minutes");
    CHECK(localised_span(60, "en") == "1 minute");
    CHECK(localised_span(90, "en") == "1 minute 30 seconds");
    CHECK(localised_span(1, "en") == "1 second");
    CHECK(localised_span(0, "en") == "0 seconds");
    CHECK(localised_span(86400, "en") == "24 hours");
    CHECK(localised_span(3601, "en") == "1 hour");
}

TEST_CASE("a span is in the language of its locale") {
    CHECK(localised_span(3600, "de") == "1 Stunde");
    CHECK(localised_span(5400, "de-AT") == "1 Stunde 30 Minuten");
    CHECK(localised_span(300, "de") == "5 Minuten");
    CHECK(localised_span(3600, "fa") == "۱ ساعت");
    CHECK(localised_span(5400, "fa-IR") == "۱ ساعت و ۳۰ دقیقه");
    CHECK(localised_span(720, "fa") == "۱۲ دقیقه");
}

TEST_CASE("a span in a language that a site added is in symbols") {
    CHECK(localised_span(5400, "fr") == "1 h 30 min");
    CHECK(localised_span(90, "pt-BR") == "1 min 30 s");
}

TEST_CASE("a moment names its zone, which is where most readers of the language live") {
    CHECK(localised_moment(at("2026-03-01T13:34:56Z"), "en") == "2026-03-01 13:34 UTC");
    CHECK(localised_moment(at("2026-03-01T13:34:56Z"), "fr") == "2026-03-01 13:34 UTC");
    CHECK(localised_moment(at("2026-03-01T13:34:56Z"), "de") == "1. März 2026 um 14:34 Uhr (MEZ)");
    CHECK(localised_moment(at("2026-07-31T22:05:00Z"), "de-CH") == "1. August 2026 um 00:05 Uhr (MESZ)");
    CHECK(localised_moment(at("2026-03-01T13:34:56Z"), "fa") == "۱۰ اسفند ۱۴۰۴، ساعت ۱۷:۰۴ به وقت تهران");
    CHECK(localised_moment(at("2026-03-20T20:45:00Z"), "fa") == "۱ فروردین ۱۴۰۵، ساعت ۰۰:۱۵ به وقت تهران");
}

TEST_CASE("German summer time begins and ends on the last Sundays, at one o'clock UTC") {
    CHECK(localised_moment(at("2026-03-29T00:59:59Z"), "de") == "29. März 2026 um 01:59 Uhr (MEZ)");
    CHECK(localised_moment(at("2026-03-29T01:00:00Z"), "de") == "29. März 2026 um 03:00 Uhr (MESZ)");
    CHECK(localised_moment(at("2026-10-25T00:59:59Z"), "de") == "25. Oktober 2026 um 02:59 Uhr (MESZ)");
    CHECK(localised_moment(at("2026-10-25T01:00:00Z"), "de") == "25. Oktober 2026 um 02:00 Uhr (MEZ)");
    CHECK(localised_moment(at("2026-12-31T23:30:00Z"), "de") == "1. Januar 2027 um 00:30 Uhr (MEZ)");
}

// First days of years as ICU 78 has them (Intl.DateTimeFormat, calendar "persian").
TEST_CASE("a Persian date is the one that Iran's calendar has") {
    CHECK(in_persian(1979, 2, 11) == "1357-11-22");
    CHECK(in_persian(1999, 3, 20) == "1377-12-29");
    CHECK(in_persian(1999, 3, 21) == "1378-1-1");
    CHECK(in_persian(2021, 3, 20) == "1399-12-30");  // a leap year
    CHECK(in_persian(2024, 9, 21) == "1403-6-31");
    CHECK(in_persian(2024, 9, 22) == "1403-7-1");
    CHECK(in_persian(2025, 3, 20) == "1403-12-30");  // a leap year
    CHECK(in_persian(2025, 3, 21) == "1404-1-1");
    CHECK(in_persian(2026, 3, 21) == "1405-1-1");
    CHECK(in_persian(2029, 3, 19) == "1407-12-29");
    CHECK(in_persian(2029, 3, 20) == "1408-1-1");  // the first leap year after five
    CHECK(in_persian(2030, 3, 20) == "1408-12-30");
    CHECK(in_persian(2100, 3, 21) == "1479-1-1");
}

TEST_CASE("an answer is in the language asked for, else in the site's, else in English") {
    CHECK(localised_outcome(Outcome::link_sent, "", "en") == "reset link sent");
    CHECK(localised_outcome(Outcome::link_sent, "fr", "it") == "reset link sent");
    CHECK(localised_outcome(Outcome::code_sent, "de_AT.UTF-8", "fa") == "Der Code wurde gesendet.");
    CHECK(localised_outcome(Outcome::code_sent, "fr", "fa-IR") == "کد ارسال شد.");
    CHECK(localised_outcome(Outcome::rehearsed, "", "") == "would be sent");
}

TEST_CASE("each outcome has words of its own in each language") {
    std::vector<std::string_view> words;
    for (int outcome = 0; outcome <= static_cast<int>(Outcome::rehearsed); ++outcome) {
        for (const auto* locale : {"en", "de", "fa"}) {
            words.push_back(localised_outcome(static_cast<Outcome>(outcome), locale, ""));
        }
    }
    std::sort(words.begin(), words.end());
    CHECK(words.front() != "");
    CHECK(std::adjacent_find(words.begin(), words.end()) == words.end());
}

}  // namespace
}  // namespace pwreset
