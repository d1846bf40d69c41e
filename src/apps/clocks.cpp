#include "src/apps/clocks.h"

#include <algorithm>
#include <charconv>

#include "src/base/error.h"

namespace pwreset {

namespace {

using std::chrono::microseconds;

/// "2025-06-07 08:09:10", what a DATETIME shows, read; nothing for NULL, zero dates and anything else.
std::optional<LocalTime> shown_by(const std::optional<std::string>& cell) {
    if (!cell || cell->starts_with("0000")) return {};
    try {
        return LocalTime(parse_db_time(*cell).time_since_epoch());
    } catch (const Error&) {
        return {};
    }
}

/// The same written: whole seconds, since a column without a fraction would round up.
std::string text_of(LocalTime shown) {
    return db_text(Time(std::chrono::floor<std::chrono::seconds>(shown).time_since_epoch())).substr(0, 19);
}

}  // namespace

Clocks::Clocks(const Profile& profile) : profile_(profile), zone_(zone_of(profile.zone)) {
    if (!profile.session_zone.empty()) session_ = TimeZone::named(profile.session_zone);
    const auto& set = profile.store.set;
    bare_ = std::any_of(set.begin(), set.end(), [](const auto& column) { return column.value.bare_time(); });
}

TimeZone Clocks::zone_of(const std::string& name) const {
    if (name.empty() || name == "utc") return {};
    return TimeZone::named(name == "application" ? profile_.application_zone : name);
}

db::ResetCell Clocks::cell_of(Time time) const {
    const LocalTime shown = zone_.local(time);
    // A TIMESTAMP holds the moment that the wall clock means in the zone of the application's connection.
    Time instant = time;
    if (session_) {
        const auto moments = session_->moments(shown);
        if (!moments.empty()) instant = moments.front();
    }
    return {.form = db::ResetCell::Form::moment,
            .text = text_of(shown),
            .instant = text_of(LocalTime(instant.time_since_epoch()))};
}

std::optional<Time> Clocks::read_cell(const std::optional<std::string>& cell, bool timestamp) const {
    auto shown = shown_by(cell);
    if (!shown) return {};
    if (timestamp) {
        const Time instant(shown->time_since_epoch());
        shown = session_ ? session_->local(instant) : zone_.local(instant);
    }
    const auto moments = zone_.moments(*shown);
    if (moments.empty()) return Time(shown->time_since_epoch() - zone_.offset(Time(shown->time_since_epoch())));
    return meant(moments);
}

Value Clocks::read(const ReadColumn& column, const std::optional<std::string>& cell) const {
    switch (column.form) {
        case ReadForm::number:
        case ReadForm::unix_seconds: {
            std::int64_t number = 0;
            if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), number);
            if (column.form == ReadForm::number) return {ValueType::number, Secret(), number};
            return {ValueType::time, Secret(), number * 1'000'000};
        }
        case ReadForm::datetime: {
            const auto shown = shown_by(cell);
            if (!shown) return {ValueType::time, Secret(), 0};
            const auto moments = zone_of(column.zone).moments(*shown);
            const Time time = moments.empty() ? Time(shown->time_since_epoch()) : moments.front();
            return {ValueType::time, Secret(), time.time_since_epoch().count()};
        }
        case ReadForm::text:
            break;
    }
    return {ValueType::text, Secret(std::string_view(cell ? *cell : std::string())), 0};
}

Time Clocks::moment_of(const Value& value) {
    if (value.type == ValueType::number) return Time(std::chrono::seconds(value.number));
    return Time(microseconds(value.number));
}

Value Clocks::value_of(Time time) { return {ValueType::time, Secret(), time.time_since_epoch().count()}; }

Time Clocks::representable(Time wished) const {
    if (!bare_) return wished;
    const auto moments = zone_.moments(zone_.local(wished));
    if (moments.empty() || meant(moments) == wished) return wished;
    // Both passes are as long as the change of the offset, which is where the second begins.
    const auto repeated = moments.back() - moments.front();
    Time before = moments.front();
    Time behind = moments.back();
    while (behind - before > std::chrono::seconds(1)) {
        const Time middle = std::chrono::floor<std::chrono::seconds>(before + (behind - before) / 2);
        (zone_.offset(middle) == zone_.offset(moments.back()) ? behind : before) = middle;
    }
    const Time begins = profile_.repeated_hour_second ? behind - repeated : behind;  // the pass that cannot be told
    const bool taken_away =
        profile_.store.revocation == Revocation::remove || profile_.store.revocation == Revocation::empty;
    return taken_away && !profile_.future_refused ? begins + repeated : begins - std::chrono::seconds(1);
}

}  // namespace pwreset
