#include "db/own/intake.h"

#include "db/value_list.h"

namespace pwreset::db {

void insert_intake(Session& session, const std::string& app, const IntakeRow& row) {
    session.run(
        "INSERT INTO pwreset_intake (app, identity, locale, operator, trace_id, taken_at) "
        "VALUES (:app, :identity, :locale, :operator, :trace_id, UTC_TIMESTAMP(6))",
        {{"app", app},
         {"identity", row.identity},
         {"locale", row.locale},
         {"operator", row.operator_name},
         {"trace_id", row.trace_id}});
}

bool any_intake(Session& session, const std::string& app) {
    return session.row("SELECT 1 FROM pwreset_intake WHERE app = :app LIMIT 1", {{"app", app}}).has_value();
}

std::vector<IntakeRow> intake(Session& session, const std::string& app, std::int64_t after, int most) {
    std::vector<IntakeRow> out;
    for (const Row& row : session.rows("SELECT id, identity, locale, operator, trace_id, taken_at FROM pwreset_intake "
                                       "WHERE app = :app AND id > :after ORDER BY id LIMIT :most",
                                       {{"app", app}, {"after", after}, {"most", most}})) {
        out.push_back({row.integer(0), row.text(1), row.optional_text(2), row.text(3), row.text(4), row.time(5)});
    }
    return out;
}

bool has_intake(Session& session, std::int64_t id) {
    return session.row("SELECT 1 FROM pwreset_intake WHERE id = :id", {{"id", id}}).has_value();
}

bool consume_intake(Session& session, std::int64_t id) {
    return session.run("DELETE FROM pwreset_intake WHERE id = :id", {{"id", id}}) == 1;
}

std::int64_t erase_intake_before(Session& session, const std::string& app, Time cut, int most) {
    // The ids first: DELETE … LIMIT is not SQLite's, and a range would lock rows that are being taken in.
    std::vector<std::int64_t> ids;
    for (const Row& row : session.rows("SELECT id FROM pwreset_intake WHERE app = :app AND taken_at < :cut "
                                       "ORDER BY id LIMIT :most",
                                       {{"app", app}, {"cut", cut}, {"most", most}})) {
        ids.push_back(row.integer(0));
    }
    if (ids.empty()) return 0;
    Params params;
    return session.run("DELETE FROM pwreset_intake WHERE id IN " + value_list("id", ids, params), params);
}

IntakeBacklog intake_backlog(Session& session, const std::string& app) {
    const auto row =
        *session.row("SELECT COUNT(*), MIN(taken_at) FROM pwreset_intake WHERE app = :app", {{"app", app}});
    return {.waiting = row.integer(0), .oldest = row.optional_time(1)};
}

}  // namespace pwreset::db
