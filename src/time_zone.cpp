#include "src/time_zone.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

/// The largest file that is read; the largest of the database has 4 KiB.
constexpr std::size_t most_bytes = 65'536;

// --- rules -----------------------------------------------------------------------------------------------------------

/// Reads a rule from the left; what does not fit makes the reading fail, once and for all.
class RuleReader {
public:
    explicit RuleReader(std::string_view text) : rest_(text) {}

    bool good() const { return good_; }
    bool at_end() const { return rest_.empty(); }
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) { good_ = take(c) && good_; }
    /// "CET" or "<+0330>".
    void name() {
        const bool quoted = take('<');
        std::size_t length = 0;
        const auto fits = [&](char c) { return quoted ? is_alphanumeric(c) || c == '+' || c == '-' : is_letter(c); };
        while (length < rest_.size() && fits(rest_[length])) ++length;
        if (length == 0) good_ = false;
        rest_.remove_prefix(length);
        if (quoted) expect('>');
    }
    int number(int lowest, int highest) {
        int value = 0;
        std::size_t digits = 0;
        for (; digits < 3 && !rest_.empty() && is_digit(rest_.front()); ++digits, rest_.remove_prefix(1))
            value = value * 10 + (rest_.front() - '0');
        if (digits == 0 || value < lowest || value > highest) good_ = false;
        return value;
    }
    /// "[+-]h[:mm[:ss]]", at most a week.
    Seconds clock() {
        const bool negative = take('-');
        if (!negative) take('+');
        Seconds span = std::chrono::hours(number(0, 167));
        if (take(':')) span += std::chrono::minutes(number(0, 59));
        if (take(':')) span += Seconds(number(0, 59));
        return negative ? -span : span;
    }
    bool digit_follows() const {
        return !rest_.empty() && (is_digit(rest_.front()) || rest_.front() == '-' || rest_.front() == '+');
    }
    ZoneRule::Change change() {
        using Form = ZoneRule::Change::Form;
        ZoneRule::Change change;
        if (take('M')) {
            change.month = number(1, 12);
            expect('.');
            change.week = number(1, 5);
            expect('.');
            change.weekday = number(0, 6);
        } else {
            change.form = take('J') ? Form::day_but_leap : Form::day;
            change.day = number(change.form == Form::day ? 0 : 1, 365);
        }
        if (take('/')) change.clock = clock();
        return change;
    }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::chrono::sys_days day_of(const ZoneRule::Change& change, std::chrono::year year) {
    using namespace std::chrono;
    using Form = ZoneRule::Change::Form;
    if (change.form == Form::month_week_day) {
        const auto month = std::chrono::month(static_cast<unsigned>(change.month));
        const weekday day(static_cast<unsigned>(change.weekday));
        if (change.week == 5) return sys_days(year / month / day[last]);
        return sys_days(year / month / day[static_cast<unsigned>(change.week)]);
    }
    const sys_days first(year / January / 1);
    if (change.form == Form::day) return first + days(change.day);
    const bool past_leap_day = year.is_leap() && change.day >= 60;
    return first + days(change.day - 1 + (past_leap_day ? 1 : 0));
}

// --- files -----------------------------------------------------------------------------------------------------------

/// Big-endian numbers from the left; beyond the end all is 0, and that is remembered.
class BytesReader {
public:
    explicit BytesReader(std::string_view bytes) : rest_(bytes) {}

    bool good() const { return good_; }
    std::string_view rest() const { return rest_; }
    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            good_ = false;
            count = rest_.size();
        }
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::uint64_t number(std::size_t bytes) {
        std::uint64_t value = 0;
        for (const char c : take(bytes)) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }

private:
    std::string_view rest_;
    bool good_ = true;
};

/// A block's header: how many of each there are.
struct ZoneCounts {
    std::size_t universal, standard, leaps, changes, types, letters;
};

/// Nothing when it is not one.
std::optional<ZoneCounts> zone_counts(BytesReader& reader) {
    if (reader.take(4) != "TZif") return std::nullopt;
    if (reader.number(1) < '2') return std::nullopt;  // the version
    reader.take(15);
    std::array<std::size_t, 6> counts{};
    for (std::size_t& count : counts) count = reader.number(4);
    if (!reader.good() || std::any_of(counts.begin(), counts.end(), [](auto count) { return count > most_bytes; }))
        return std::nullopt;
    return ZoneCounts{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
}

bool is_name_of_zone(std::string_view name) {
    return !name.empty() && name.size() <= 64 && is_letter(name.front()) && name.find("..") == name.npos &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return is_alphanumeric(c) || c == '/' || c == '_' || c == '-' || c == '+'; });
}

/// "+03:30", as servers take it: to 14 hours.
std::optional<Seconds> fixed_offset(std::string_view name) {
    if (name.size() != 6 || (name[0] != '+' && name[0] != '-')) return std::nullopt;
    RuleReader reader(name);
    const Seconds offset = reader.clock();
    const bool whole = reader.good() && reader.at_end() && name[3] == ':';
    return whole && offset <= std::chrono::hours(14) && offset >= -std::chrono::hours(14) ? std::optional(offset)
                                                                                          : std::nullopt;
}

}  // namespace

std::optional<ZoneRule> ZoneRule::read(std::string_view text) {
    RuleReader reader(text);
    ZoneRule rule;
    reader.name();
    rule.standard = -reader.clock();  // POSIX counts westward
    rule.summer = rule.standard;
    if (!reader.at_end()) {
        reader.name();
        rule.summer = reader.digit_follows() ? -reader.clock() : rule.standard + std::chrono::hours(1);
        reader.expect(',');
        rule.begin = reader.change();
        reader.expect(',');
        rule.end = reader.change();
    }
    return reader.good() && reader.at_end() ? std::optional(rule) : std::nullopt;
}

Seconds ZoneRule::offset(Time time) const {
    if (!begin || !end) return standard;
    const std::chrono::year_month_day local{std::chrono::floor<std::chrono::days>(time + standard)};
    const Time from = day_of(*begin, local.year()) + begin->clock - standard;
    const Time to = day_of(*end, local.year()) + end->clock - summer;
    const bool is_summer = from <= to ? from <= time && time < to : time < to || from <= time;
    return is_summer ? summer : standard;
}

TimeZone TimeZone::named(std::string_view name) {
    TimeZone zone;
    if (name == "UTC" || name == "utc") return zone;
    if (const auto offset = fixed_offset(name)) {
        zone.before_ = *offset;
        return zone;
    }
    const Error unknown = config_error("no time zone is named '" + printable(name) + "'",
                                       "write one of the tz database, such as Europe/Berlin, or +03:30; the package "
                                       "tzdata has it");
    if (!is_name_of_zone(name)) throw unknown;
    std::ifstream file("/usr/share/zoneinfo/" + std::string(name), std::ios::binary);
    std::string content(most_bytes, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    auto read = of_file(content);
    if (!read) throw unknown;
    return std::move(*read);
}

std::optional<TimeZone> TimeZone::of_file(std::string_view content) {
    BytesReader reader(content);
    // The first block has times of four bytes, for readers of long ago.
    const auto old = zone_counts(reader);
    if (!old) return std::nullopt;
    reader.take(old->changes * 5 + old->types * 6 + old->letters + old->leaps * 8 + old->standard + old->universal);
    const auto counts = zone_counts(reader);
    if (!counts || counts->types == 0 || counts->leaps != 0) return std::nullopt;

    std::vector<std::int64_t> times;
    for (std::size_t i = 0; i < counts->changes; ++i) times.push_back(static_cast<std::int64_t>(reader.number(8)));
    const std::string_view kinds = reader.take(counts->changes);
    std::vector<Seconds> offsets;
    for (std::size_t i = 0; i < counts->types; ++i) {
        offsets.emplace_back(static_cast<std::int32_t>(reader.number(4)));
        reader.take(2);
    }
    reader.take(counts->letters + counts->standard + counts->universal);
    if (!reader.good() || !std::is_sorted(times.begin(), times.end())) return std::nullopt;

    TimeZone zone;
    zone.before_ = offsets.front();
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto kind = static_cast<unsigned char>(kinds[i]);
        if (kind >= offsets.size()) return std::nullopt;
        zone.changes_.push_back({times[i], offsets[kind]});
    }
    std::string_view rule = reader.rest();
    if (rule.size() < 2 || rule.front() != '\n' || rule.back() != '\n') return std::nullopt;
    rule = rule.substr(1, rule.size() - 2);
    if (!rule.empty()) {
        zone.afterwards_ = ZoneRule::read(rule);
        if (!zone.afterwards_) return std::nullopt;
    }
    return zone;
}

Seconds TimeZone::offset(Time time) const {
    const std::int64_t second = std::chrono::floor<Seconds>(time).time_since_epoch().count();
    const auto next = std::upper_bound(changes_.begin(), changes_.end(), second,
                                       [](std::int64_t wanted, const Change& change) { return wanted < change.at; });
    if (next == changes_.end() && afterwards_) return afterwards_->offset(time);
    return next == changes_.begin() ? before_ : std::prev(next)->offset;
}

std::vector<Time> TimeZone::moments(LocalTime shown) const {
    // Clocks are changed by less than a day, and not twice within two.
    const Time as_if_utc(shown.time_since_epoch());
    const std::chrono::days day(1);
    std::vector<Time> found;
    for (const Seconds offset : {this->offset(as_if_utc - day), this->offset(as_if_utc + day)}) {
        const Time moment = as_if_utc - offset;
        if (this->offset(moment) == offset) found.push_back(moment);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

}  // namespace pwreset
