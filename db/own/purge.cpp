#include "db/own/purge.h"

namespace pwreset::db {

namespace {

/// One purgeable table: the index that is walked (time, then key) and what must hold besides age.
struct Walk {
    const char* table;
    const char* time;
    const char* key;
    const char* condition;
};

Walk walk_of(Purgeable what) {
    switch (what) {
        case Purgeable::tokens:
            // What the application's tables still hold of a link is known by its row alone.
            return {"pwreset_tokens", "expires_at", "id", " AND (app_ref IS NULL OR erase_at IS NULL)"};
        case Purgeable::deliveries:
            return {"pwreset_deliveries", "finished_at", "id", " AND lane <> 'bulk'"};
        case Purgeable::job_deliveries:
            return {"pwreset_deliveries", "finished_at", "id", " AND lane = 'bulk'"};
        case Purgeable::jobs:
            return {"pwreset_jobs", "created_at", "id",
                    " AND (state IS NULL OR state IN ('cancelled', 'done')) "
                    "AND NOT EXISTS (SELECT 1 FROM pwreset_deliveries d WHERE d.job_id = pwreset_jobs.id) "
                    "AND NOT EXISTS (SELECT 1 FROM pwreset_job_rows r WHERE r.job_id = pwreset_jobs.id) "
                    "AND NOT EXISTS (SELECT 1 FROM pwreset_job_pages p WHERE p.job_id = pwreset_jobs.id)"};
        case Purgeable::intake:
            return {"pwreset_intake", "taken_at", "id", ""};
        case Purgeable::web_limits:
            return {"pwreset_web_limits", "window_ends", "limit_key", ""};
        case Purgeable::limits:
            break;
    }
    return {"pwreset_limits", "window_ends", "limit_key", ""};
}

/// Rows after the watermark and older than the cut, in index order.
std::string range(const Walk& walk, const Watermark& mark, Params& params, Time cut) {
    const std::string time = walk.time;
    params.emplace_back("cut", cut);
    params.emplace_back("from_time", mark.time);
    std::string sql = time + " < :cut AND " + time + " >= :from_time";
    if (mark.key.empty()) return sql;
    params.emplace_back("from_key", mark.key);
    return sql + " AND (" + time + " > :from_time OR " + walk.key + " > :from_key)";
}

/// The row at which a batch of `most` ends, with its place in the index; nothing where fewer are left.
std::optional<Row> last_of(Session& session, const Walk& walk, const std::string& from, Params params, int most) {
    params.emplace_back("skip", most - 1);
    const std::string time = walk.time;
    return session.row("SELECT " + time + ", " + walk.key + " FROM " + walk.table + " WHERE " + from + " ORDER BY " +
                           time + ", " + walk.key + " LIMIT 1 OFFSET :skip",
                       params);
}

void move_to(const std::optional<Row>& last, Watermark& mark) {
    if (!last) {
        mark.at_end = true;
        return;
    }
    mark = {.time = last->text(0), .key = last->text(1), .at_end = false};
}

}  // namespace

std::optional<std::int64_t> purge_batch(Session& session, Purgeable what, const std::string& app, Time cut, int most,
                                        Watermark& mark) {
    if (mark.at_end) return {};
    const Walk walk = walk_of(what);
    const std::string time = walk.time;
    Params params;
    const std::string from = range(walk, mark, params, cut);
    const auto last = last_of(session, walk, from, params, most);
    params.emplace_back("app", app);
    std::string sql = std::string("DELETE FROM ") + walk.table + " WHERE " + from;
    if (last) {
        sql += " AND " + time + " <= :to_time AND (" + time + " < :to_time OR " + walk.key + " <= :to_key)";
        params.emplace_back("to_time", last->text(0));
        params.emplace_back("to_key", last->text(1));
    }
    const std::int64_t gone = session.run(sql + " AND app = :app" + walk.condition, params);
    move_to(last, mark);
    return gone;
}

void pass_over(Session& session, Purgeable what, Time cut, Watermark& mark) {
    const Walk walk = walk_of(what);
    Params params;
    const std::string from = range(walk, mark, params, cut);
    move_to(last_of(session, walk, from, params, 1), mark);
}

std::int64_t count_purgeable(Session& session, Purgeable what, const std::string& app, Time cut) {
    const Walk walk = walk_of(what);
    return session
        .row(std::string("SELECT COUNT(*) FROM ") + walk.table + " WHERE " + walk.time + " < :cut AND app = :app" +
                 walk.condition,
             {{"cut", cut}, {"app", app}})
        ->integer(0);
}

}  // namespace pwreset::db
