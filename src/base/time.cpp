#include "src/base/time.h"

#include <time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "src/base/ascii.h"
#include "src/base/error.h"

namespace pwreset {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;

/// The longest span that can be written: a thousand years, so that a time of ours plus a span still fits DATETIME.
constexpr std::int64_t longest_span = std::int64_t{365'000} * 86'400;

// What four digits can say of a year. A time without its offset may be outside.
constexpr Time first_time = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
constexpr Time time_past_last = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);

constexpr std::array<std::string_view, 7> weekday_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Unit {
    std::string_view name;  ///< for a person
    char letter;            ///< in parse_duration
    std::int64_t seconds;
};
constexpr std::array<Unit, 4> units = {{{"d", 'd', 86'400}, {"h", 'h', 3'600}, {"min", 'm', 60}, {"s", 's', 1}}};

/// The last `width` digits. By hand, as a listing writes times by the million and snprintf is too slow for that.
void append_digits(std::string& text, unsigned value, std::size_t width) {
    text.append(width, '0');
    for (auto digit = text.rbegin(); width > 0; --width, ++digit, value /= 10)
        *digit = static_cast<char>('0' + value % 10);
}

/// A moment taken apart by the calendar, in UTC.
struct Civil {
    explicit Civil(Time time)
        : day(floor<days>(time)),
          date(day),
          clock(time - day),
          year(static_cast<unsigned>(static_cast<int>(date.year()))) {}

    std::chrono::sys_days day;
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<microseconds> clock;
    unsigned year;

    void append_date(std::string& text) const {
        append_digits(text, year, 4);
        text += '-';
        append_digits(text, static_cast<unsigned>(date.month()), 2);
        text += '-';
        append_digits(text, static_cast<unsigned>(date.day()), 2);
    }
    void append_clock(std::string& text) const {
        append_digits(text, static_cast<unsigned>(clock.hours().count()), 2);
        text += ':';
        append_digits(text, static_cast<unsigned>(clock.minutes().count()), 2);
        text += ':';
        append_digits(text, static_cast<unsigned>(clock.seconds().count()), 2);
    }
};

/// Reads a text from the left; what does not fit makes the reading fail, once and for all.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool done() const { return ok_ && rest_.empty(); }
    void fail() { ok_ = false; }
    /// Takes one character out of `choice`; '\0' when there is another one, or none.
    char take(std::string_view choice) {
        if (rest_.empty() || choice.find(rest_.front()) == std::string_view::npos) return '\0';
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    void expect(std::string_view choice) {
        if (take(choice) == '\0') fail();
    }
    /// Exactly `count` digits as a number, at most `highest`.
    int number(std::size_t count, int highest) {
        const std::string_view digits = rest_.substr(0, count);
        int value = 0;
        for (const char c : digits) {
            if (!is_digit(c)) fail();
            value = value * 10 + (c - '0');
        }
        if (digits.size() < count || value > highest) fail();
        rest_.remove_prefix(digits.size());
        return value;
    }
    /// The digits after a decimal point, at least one, as microseconds; what is finer is cut off.
    microseconds fraction() {
        if (rest_.empty() || !is_digit(rest_.front())) fail();
        int value = 0;
        int unit = 100'000;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) {
            value += unit * (rest_.front() - '0');
            unit /= 10;
        }
        return microseconds(value);
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

Time read_date(Reader& reader) {
    const int year = reader.number(4, 9999);
    reader.expect("-");
    const int month = reader.number(2, 12);
    reader.expect("-");
    const int day = reader.number(2, 31);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) reader.fail();
    return std::chrono::sys_days(date);
}

// A leap second (":60") is refused: neither DATETIME nor sys_time has one.
microseconds read_clock(Reader& reader) {
    const hours hour(reader.number(2, 23));
    reader.expect(":");
    const minutes minute(reader.number(2, 59));
    reader.expect(":");
    const Seconds second(reader.number(2, 59));
    const microseconds fraction = reader.take(".") != '\0' ? reader.fraction() : microseconds(0);
    return hour + minute + second + fraction;
}

minutes read_offset(Reader& reader) {
    const char sign = reader.take("Zz+-");
    if (sign == '\0') reader.fail();
    if (sign != '+' && sign != '-') return minutes(0);
    const hours hour(reader.number(2, 23));
    reader.expect(":");
    const minutes east = hour + minutes(reader.number(2, 59));
    return sign == '-' ? -east : east;
}

std::string count_of(std::uint64_t count, const Unit& unit) {
    return std::to_string(count).append(" ").append(unit.name);
}

/// The largest unit of which the span holds at least one; the smallest for less.
std::size_t largest_unit(std::uint64_t seconds) {
    std::size_t i = 0;
    while (i + 1 < units.size() && seconds < static_cast<std::uint64_t>(units[i].seconds)) ++i;
    return i;
}

}  // namespace

std::string db_text(Time time) {
    const Civil civil(time);
    std::string text;
    text.reserve(26);
    civil.append_date(text);
    text += ' ';
    civil.append_clock(text);
    text += '.';
    append_digits(text, static_cast<unsigned>(civil.clock.subseconds().count()), 6);
    return text;
}

Time parse_db_time(std::string_view text) {
    Reader reader(text);
    Time time = read_date(reader);
    reader.expect(" ");
    time += read_clock(reader);
    // The text itself stays out of the message: if the columns were mixed up, it is not a time and may be anything.
    if (!reader.done()) throw internal_error("the database answered something else where a time was expected");
    return time;
}

std::string rfc3339(Time time) {
    const Civil civil(time);
    std::string text;
    text.reserve(20);
    civil.append_date(text);
    text += 'T';
    civil.append_clock(text);
    text += 'Z';
    return text;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
    Reader reader(text);
    Time time = read_date(reader);
    if (reader.done()) return time;
    reader.expect("Tt ");  // section 5.6 allows the small letter and, for readability, the space
    time += read_clock(reader);
    time -= read_offset(reader);
    if (!reader.done() || time < first_time || time >= time_past_last) return std::nullopt;
    return time;
}

std::string rfc5322(Time time) {
    const Civil civil(time);
    std::string text(weekday_names[std::chrono::weekday(civil.day).c_encoding()]);
    text.reserve(31);
    text += ", ";
    append_digits(text, static_cast<unsigned>(civil.date.day()), 2);
    text += ' ';
    text += month_names[static_cast<unsigned>(civil.date.month()) - 1];
    text += ' ';
    append_digits(text, civil.year, 4);
    text += ' ';
    civil.append_clock(text);
    text += " +0000";
    return text;
}

std::string local_text(Time time) {
    const time_t seconds = floor<Seconds>(time).time_since_epoch().count();
    tm local{};
    if (localtime_r(&seconds, &local) == nullptr) return rfc3339(time);
    std::array<char, 80> text{};
    const std::size_t size = strftime(text.data(), text.size(), "%Y-%m-%d %H:%M %Z", &local);
    return {text.data(), size};
}

std::string relative(Time time, Time now) {
    // Whole seconds first: their difference cannot overflow, that of microseconds could.
    const std::int64_t ahead = (floor<Seconds>(time) - floor<Seconds>(now)).count();
    const auto distance = static_cast<std::uint64_t>(std::abs(ahead));
    if (distance < 5) return "just now";
    const Unit& unit = units[largest_unit(distance)];
    const std::string span = count_of(distance / static_cast<std::uint64_t>(unit.seconds), unit);
    return ahead > 0 ? "in " + span : span + " ago";
}

std::optional<Seconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::int64_t sum = 0;
    std::size_t next_unit = 0;  // each unit once, the larger before the smaller
    while (!text.empty()) {
        std::int64_t count = 0;
        std::size_t digits = 0;
        for (; digits < text.size() && is_digit(text[digits]); ++digits) {
            count = count * 10 + (text[digits] - '0');
            if (count > longest_span) return std::nullopt;
        }
        if (digits == 0 || digits == text.size()) return std::nullopt;
        while (next_unit < units.size() && units[next_unit].letter != text[digits]) ++next_unit;
        if (next_unit == units.size()) return std::nullopt;
        const std::int64_t room = longest_span - sum;
        if (count > room / units[next_unit].seconds) return std::nullopt;
        sum += count * units[next_unit].seconds;
        ++next_unit;
        text.remove_prefix(digits + 1);
    }
    return Seconds(sum);
}

std::string duration_text(Seconds span) {
    if (span <= Seconds(0)) return "0 s";
    auto seconds = static_cast<std::uint64_t>(span.count());
    std::size_t first = largest_unit(seconds);
    if (first + 1 == units.size()) return count_of(seconds, units[first]);
    const auto finest = static_cast<std::uint64_t>(units[first + 1].seconds);
    seconds = (seconds + finest / 2) / finest * finest;
    first = largest_unit(seconds);  // rounding up may have filled the next larger unit: 23 h 59 min 40 s is a day
    const auto size = static_cast<std::uint64_t>(units[first].seconds);
    std::string text = count_of(seconds / size, units[first]);
    if (seconds % size == 0) return text;
    const Unit& second = units[first + 1];
    return text + " " + count_of(seconds % size / static_cast<std::uint64_t>(second.seconds), second);
}

}  // namespace pwreset
