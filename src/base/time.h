// Points in time and spans of it, as the database, a program and a person write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pwreset {

/// A point in time, UTC, to the microsecond: what DATETIME(6) holds.
using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Seconds = std::chrono::seconds;

/// "2026-03-01 12:34:56.000001", the form in which every database column of ours holds a time.
std::string db_text(Time time);
/// The reverse; accepts a missing fraction. Throws Error INTERNAL_ERROR on anything else.
Time parse_db_time(std::string_view text);
/// "2026-03-01T12:34:56Z" (RFC 3339, whole seconds, UTC).
std::string rfc3339(Time time);
/// Reads RFC 3339 with an offset, or a bare date (midnight UTC); nothing for anything else, and outside the years
/// 0 to 9999 of UTC. A time without an offset is refused on purpose: it would mean two different moments on two
/// machines.
std::optional<Time> parse_rfc3339(std::string_view text);
/// "Sun, 01 Mar 2026 12:34:56 +0000" (RFC 5322, section 3.3), independent of the locale.
std::string rfc5322(Time time);
/// "2026-03-01 13:34 CET": local to the machine, with its zone, for a terminal.
std::string local_text(Time time);
/// "3 min ago", "in 2 h", "just now".
std::string relative(Time time, Time now);

/// Reads "90s", "5m", "2h", "30d" (or a sum, "1h30m"); nothing for anything else, a negative or an overflowing span.
std::optional<Seconds> parse_duration(std::string_view text);
/// "45 s", "2 min", "1 h 30 min", "3 d": rounded to two units, for a person.
std::string duration_text(Seconds span);

}  // namespace pwreset
