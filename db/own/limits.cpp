#include "db/own/limits.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

#include "db/own/clocks.h"
#include "db/value_list.h"

namespace pwreset::db {

namespace {

bool is_of_web(std::string_view key) { return key.starts_with(web_counters); }

std::string table_of(std::string_view key) { return is_of_web(key) ? "pwreset_web_limits" : "pwreset_limits"; }

/// All of them are of one table.
void prepare_in(Session& session, const std::string& app, const std::string& table,
                const std::vector<std::string>& keys) {
    const std::string verb = session.is_sqlite() ? "INSERT OR IGNORE" : "INSERT IGNORE";
    std::string values;
    Params params{{"app", app}};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::string name = "k" + std::to_string(i);
        values += (i ? ", " : "") + ("(:app, :" + name + ", 0, UTC_TIMESTAMP(6))");
        params.emplace_back(name, keys[i]);
    }
    session.run(verb + " INTO " + table + " (app, limit_key, hits, window_ends) VALUES " + values, params);
}

}  // namespace

bool is_running(const Counter& counter, Seconds window, Time now) {
    return counter.window_ends > now && counter.window_ends <= now + window + clock_tolerance;
}

void prepare_limits(Session& session, const std::string& app, const std::vector<std::string>& keys) {
    std::vector<std::string> of_web;
    std::vector<std::string> others;
    for (const auto& key : keys) (is_of_web(key) ? of_web : others).push_back(key);
    for (const auto* some : {&others, &of_web}) {
        if (!some->empty()) prepare_in(session, app, table_of(some->front()), *some);
    }
}

std::optional<Time> take_limit(Session& session, const std::string& app, const std::string& key, std::int64_t most,
                               Seconds window, Time now, std::int64_t hits) {
    // A window starts anew when it has ended, when all its hits were given back, or when it ends later than one that
    // begins now would: the clock was ahead when it began. MySQL evaluates assignments from left to right, so there
    // `window_ends` sees the new `hits`, as many as are taken now; SQLite sees the old ones (0).
    const auto taken =
        session.run("UPDATE " + table_of(key) +
                        " SET "
                        "hits = CASE WHEN window_ends <= :now OR window_ends > :latest OR hits = 0 THEN :taken "
                        "ELSE hits + :taken END, "
                        "window_ends = CASE WHEN window_ends <= :now OR window_ends > :latest OR hits = :fresh "
                        "THEN :ends ELSE window_ends END "
                        "WHERE app = :app AND limit_key = :key "
                        "AND (window_ends <= :now OR window_ends > :latest OR hits + :taken <= :most)",
                    {{"now", now},
                     {"latest", now + window + clock_tolerance},
                     {"fresh", session.is_sqlite() ? 0 : hits},
                     {"taken", hits},
                     {"ends", now + window},
                     {"app", app},
                     {"key", key},
                     {"most", most}});
    if (taken == 1) return {};
    const auto row = session.row("SELECT window_ends FROM " + table_of(key) + " WHERE app = :app AND limit_key = :key",
                                 {{"app", app}, {"key", key}});
    // A purge took the empty counter between preparing and taking: the transaction starts again and prepares anew.
    if (!row) throw Conflict{};
    return row->time(0);
}

std::vector<Counter> counters(Session& session, const std::string& app, const std::vector<std::string>& keys) {
    std::map<std::string, Counter> found;
    for (const bool web : {false, true}) {
        std::vector<std::string> those;
        std::copy_if(keys.begin(), keys.end(), std::back_inserter(those),
                     [&](const auto& key) { return is_of_web(key) == web; });
        if (those.empty()) continue;
        Params params{{"app", app}};
        const std::string list = value_list("key", those, params);
        for (const Row& row : session.rows("SELECT limit_key, hits, window_ends FROM " + table_of(those.front()) +
                                               " WHERE app = :app AND limit_key IN " + list,
                                           params)) {
            found.emplace(row.text(0), Counter{row.text(0), row.integer(1), row.time(2)});
        }
    }
    std::vector<Counter> out;
    for (const auto& key : keys) {
        if (const auto at = found.find(key); at != found.end()) out.push_back(at->second);
    }
    return out;
}

std::int64_t delete_limits(Session& session, const std::string& app, const std::vector<std::string>& keys) {
    std::int64_t gone = 0;
    for (const auto& key : keys) {
        gone += session.run("DELETE FROM " + table_of(key) + " WHERE app = :app AND limit_key = :key",
                            {{"app", app}, {"key", key}});
    }
    return gone;
}

std::int64_t delete_limits_ahead(Session& session, const std::string& app, Time latest) {
    std::int64_t gone = 0;
    for (const char* table : {"pwreset_limits", "pwreset_web_limits"}) {
        gone += session.run(std::string("DELETE FROM ") + table + " WHERE app = :app AND window_ends > :latest",
                            {{"app", app}, {"latest", latest}});
    }
    return gone;
}

void give_back_limit(Session& session, const std::string& app, const std::string& key) {
    session.run("UPDATE " + table_of(key) + " SET hits = hits - 1 WHERE app = :app AND limit_key = :key AND hits > 0",
                {{"app", app}, {"key", key}});
}

}  // namespace pwreset::db
