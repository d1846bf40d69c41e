// Whether a column says yes or no: a flag, a word, a number or a time, as applications write them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pwreset::db {

enum class Says {
    yes,
    no,
    nothing_known,  ///< none of the forms that are known: it must not be guessed
};

struct StateReading {
    Says says = Says::nothing_known;
    const char* form = "";  ///< "flag", "word", "time", "no time", "number": for doctor
};

/// Reads a value. yes: 1, true, t, yes, y, on, active, enabled, a date or a time (also in seconds or milliseconds since
/// 1970). no: NULL, nothing, 0, false, f, no, n, off, words such as suspended or deleted, and times that stand for
/// none: a zero date, years up to 1900, 1 January 1970, the last day of a TIMESTAMP, years from 9000. Letters in any
/// case.
StateReading read_state(const std::optional<std::string>& value);
/// Whether it is one of the values that a configuration lists, as a whole and without case; NULL never is.
bool is_listed(const std::optional<std::string>& value, const std::vector<std::string>& values);

}  // namespace pwreset::db
