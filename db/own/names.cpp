#include "db/own/names.h"

namespace pwreset::db {

namespace {

const char* table_of(Adoptable what) {
    switch (what) {
        case Adoptable::jobs:
            return "pwreset_jobs";
        case Adoptable::deliveries:
            return "pwreset_deliveries";
        case Adoptable::tokens:
            return "pwreset_tokens";
        case Adoptable::intake:
            break;
    }
    return "pwreset_intake";
}

/// By the index of the chain, which begins with the application.
std::optional<Time> entry_at_end(Session& session, const std::string& app, const char* order) {
    const auto row = session.row(std::string("SELECT at FROM pwreset_audit WHERE app = :app AND seq IS NOT NULL "
                                             "ORDER BY seq ") +
                                     order + " LIMIT 1",
                                 {{"app", app}});
    return row ? row->optional_time(0) : std::nullopt;
}

}  // namespace

std::vector<std::string> recorded_names(Session& session) {
    std::vector<std::string> names;
    for (const Row& row : session.rows("SELECT DISTINCT app FROM pwreset_keys ORDER BY app"))
        names.push_back(row.text(0));
    return names;
}

std::optional<Time> oldest_entry(Session& session, const std::string& app) { return entry_at_end(session, app, "ASC"); }

std::optional<Time> newest_entry(Session& session, const std::string& app) {
    return entry_at_end(session, app, "DESC");
}

std::int64_t deliveries_in_hand(Session& session, const std::string& app) {
    return session
        .row(
            "SELECT COUNT(*) FROM pwreset_deliveries WHERE app = :app AND state IN ('held', 'claimed') "
            "AND lease_until > UTC_TIMESTAMP(6)",
            {{"app", app}})
        ->integer(0);
}

std::int64_t supersede_before_adoption(Session& session, const std::string& from, const std::string& to) {
    // Through a derived table, since MySQL reads no table in a subquery that it writes.
    return session.run(
        "UPDATE pwreset_tokens SET state = 'void', live = NULL, code_mac = NULL, voided_at = UTC_TIMESTAMP(6), "
        "void_reason = 'superseded', erase_at = CASE WHEN kind = 'temporary_password' OR app_ref IS NOT NULL THEN "
        "erase_at ELSE NULL END "
        "WHERE id IN (SELECT id FROM (SELECT old.id FROM pwreset_tokens old JOIN pwreset_tokens new "
        "ON new.app = :to AND new.account = old.account AND new.kind = old.kind AND new.live = 1 "
        "WHERE old.app = :from AND old.live = 1) both_live)",
        {{"to", to}, {"from", from}});
}

std::optional<std::int64_t> adopt_batch(Session& session, Adoptable what, const std::string& from,
                                        const std::string& to, int most, std::int64_t& after) {
    const std::string table = table_of(what);
    const auto last = session.row("SELECT MAX(id) FROM (SELECT id FROM " + table +
                                      " WHERE app = :from AND id > :after ORDER BY id LIMIT :most) batch",
                                  {{"from", from}, {"after", after}, {"most", most}});
    if (!last || last->is_null(0)) return {};
    const std::int64_t end = last->integer(0);
    const auto moved =
        session.run("UPDATE " + table + " SET app = :to WHERE app = :from AND id > :after AND id <= :end",
                    {{"to", to}, {"from", from}, {"after", after}, {"end", end}});
    after = end;
    return moved;
}

}  // namespace pwreset::db
