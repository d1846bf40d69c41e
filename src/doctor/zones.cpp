#include "src/doctor/zones.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "db/zones.h"
#include "src/base/time.h"
#include "src/time_zone.h"

namespace pwreset {

namespace {

using std::chrono::minutes;

constexpr const char* zones_area = "zones";
constexpr const char* on_change =
    "; of local times in a DATETIME the hour that comes twice is ambiguous, and the one left out does not exist";
constexpr int days_ahead = 366;
constexpr int days_a_step = 10;  // no zone's summer is as short

std::string offset_text(Seconds offset) {
    const auto total = std::abs(offset.count()) / 60;
    const auto two = [](auto number) { return std::string(number < 10 ? "0" : "") + std::to_string(number); };
    return (offset.count() < 0 ? "-" : "+") + two(total / 60) + ":" + two(total % 60);
}

/// The first moment with another offset than `before` has, to the minute; `after` has one.
Time change_between(const OffsetAt& offset_at, Time before, Time after) {
    const auto offset = offset_at(before);
    while (after - before > minutes(1)) {
        const Time middle = std::chrono::floor<minutes>(before + (after - before) / 2);
        (offset_at(middle) == offset ? before : after) = middle;
    }
    return after;
}

}  // namespace

std::string zone_in_words(const OffsetAt& offset_at, Time now) {
    Time last = std::chrono::floor<minutes>(now);
    const auto offset = offset_at(last);
    if (!offset) return {};
    const std::string text = offset_text(*offset) + " now";
    for (int day = 0; day < days_ahead; day += days_a_step) {
        const Time next = last + std::chrono::days(days_a_step);
        const auto then = offset_at(next);
        if (then && *then != *offset)
            return text + ", " + offset_text(*then) + " from " + rfc3339(change_between(offset_at, last, next));
        last = next;
    }
    return text + " and for a year";
}

namespace {

Check told_zone(const std::string& subject, const std::string& words) {
    const bool changes = words.find(" from ") != words.npos;
    return fine(zones_area, subject + (words.empty() ? "" : ": " + words) + (changes ? on_change : ""));
}

Check check_application_zone(const std::string& name, Time now) {
    try {
        const TimeZone zone = TimeZone::named(name);
        return told_zone("the application's zone is '" + name + "'",
                         zone_in_words([&](Time at) { return std::optional(zone.offset(at)); }, now));
    } catch (const Error& error) {
        return problem(zones_area, error.message, error.hint);
    }
}

}  // namespace

Checks check_zones(db::Session& session, const std::string& application_zone) {
    if (session.is_sqlite()) return {};
    const Time now = session.now();
    const auto zones = db::server_zones(session);
    std::string server = "the server's zone, which a session has that sets none, is '" + zones.global + "'";
    if (zones.global == "SYSTEM") server += " (" + zones.system + ")";
    Checks checks{
        told_zone(server, zone_in_words([&](Time at) { return db::zone_offset(session, zones.global, at); }, now))};
    checks.push_back(fine(zones_area, "the session of pwreset is in '" + zones.session + "'"));
    if (!application_zone.empty()) checks.push_back(check_application_zone(application_zone, now));
    return checks;
}

}  // namespace pwreset
