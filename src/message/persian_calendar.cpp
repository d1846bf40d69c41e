#include "src/message/persian_calendar.h"

#include <array>

#include "src/base/ascii.h"

namespace pwreset {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// The calendar follows the sun; its leap years are eight in 33 years, but for corrections that are generations apart.
bool is_leap(int year) { return (25 * year + 11) % 33 < 8; }

days length_of(int year) { return days(is_leap(year) ? 366 : 365); }

/// The first six months have 31 days, the next five 30, the last 29 or 30.
unsigned days_of_month(unsigned month) { return month <= 6 ? 31 : 30; }

}  // namespace

PersianDate persian_date(sys_days day) {
    int year = 1403;
    sys_days new_year = std::chrono::year(2024) / std::chrono::March / 20;
    while (day < new_year) new_year -= length_of(--year);
    while (day >= new_year + length_of(year)) new_year += length_of(year++);

    auto left = static_cast<unsigned>((day - new_year).count());
    unsigned month = 1;
    for (; left >= days_of_month(month); ++month) left -= days_of_month(month);
    return {year, month, left + 1};
}

std::string_view persian_month(unsigned month) {
    constexpr std::array<std::string_view, 12> names{"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
                                                     "مهر",     "آبان",     "آذر",   "دی",  "بهمن",  "اسفند"};
    return names.at(month - 1);
}

std::string persian_digits(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (!is_digit(c)) {
            result += c;
            continue;
        }
        result += "\xDB";  // U+06F0 to U+06F9
        result += static_cast<char>('\xB0' + (c - '0'));
    }
    return result;
}

}  // namespace pwreset
