// The Solar Hijri calendar, as Iran uses it, and its digits.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace pwreset {

struct PersianDate {
    int year = 0;
    unsigned month = 0;  ///< 1 to 12
    unsigned day = 0;
};

/// The date of a day; from 1700 to March 2124 the same as ICU's.
PersianDate persian_date(std::chrono::sys_days day);
/// "فروردین" for 1, …
std::string_view persian_month(unsigned month);
/// The text with ۰ to ۹ for 0 to 9.
std::string persian_digits(std::string_view text);

}  // namespace pwreset
