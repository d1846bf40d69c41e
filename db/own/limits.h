// Counters in fixed windows: exact when many take at once, because one conditional UPDATE decides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// Counters whose keys begin so are those of web back ends' calls. They stand in a table of their own, so that the
/// login of a web back end needs no right to the others.
constexpr std::string_view web_counters = "web:";

/// Makes sure that the counters exist, outside any transaction: an INSERT that finds its row taken would otherwise hold
/// a shared lock on it, and two of those wait for each other.
void prepare_limits(Session& session, const std::string& app, const std::vector<std::string>& keys);
/// Counts one hit, or some at once, unless more than `most` would be counted in the window that is running; a window
/// starts with its first hit. Nothing when they were counted, all of them; otherwise when the window ends. Runs inside
/// the caller's transaction, which so holds the row.
std::optional<Time> take_limit(Session& session, const std::string& app, const std::string& key, std::int64_t most,
                               Seconds window, Time now, std::int64_t hits = 1);
/// A counter as it stands.
struct Counter {
    std::string key;
    std::int64_t hits = 0;
    Time window_ends;
};
/// Whether its window, of such a length, runs at that time. One that would end later than any that begins now began
/// when the clock was ahead, and counts no more.
bool is_running(const Counter& counter, Seconds window, Time now);
/// Those of the counters that exist, in the order of `keys`. Nothing is locked.
std::vector<Counter> counters(Session& session, const std::string& app, const std::vector<std::string>& keys);
/// Deletes counters one after another, in the order of `keys` (the order in which they are taken); the number.
std::int64_t delete_limits(Session& session, const std::string& app, const std::vector<std::string>& keys);
/// Deletes the counters, those of web back ends too, whose windows end after `latest`: they were counted by a clock
/// that was ahead, and count no more. The number.
std::int64_t delete_limits_ahead(Session& session, const std::string& app, Time latest);
/// Takes a hit back (a failed delivery ends its cooldown).
void give_back_limit(Session& session, const std::string& app, const std::string& key);

}  // namespace pwreset::db
