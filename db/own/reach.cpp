#include "db/own/reach.h"

#include "src/base/encoding.h"

namespace pwreset::db {

namespace {

constexpr const char* note_name = "restored";
/// A note does not run out.
constexpr Seconds note_span{Seconds{86400} * 36500};

std::optional<FoundRow> found_row(const Row& row, std::size_t column) {
    if (row.is_null(column)) return {};
    return FoundRow{row.integer(column), row.time(column + 1), row.text(column + 2)};
}

}  // namespace

const char* table_of(Numbered what) {
    switch (what) {
        case Numbered::audit:
            return "pwreset_audit";
        case Numbered::deliveries:
            return "pwreset_deliveries";
        case Numbered::tokens:
            return "pwreset_tokens";
        case Numbered::jobs:
            break;
    }
    return "pwreset_jobs";
}

Reach reach(Session& session, const std::string& app, const std::string& former, const std::string& newest,
            bool all_tables) {
    // One statement, so that nothing is committed in between; each part is the end of an index.
    std::string sql =
        "SELECT f.id, f.at, f.key_id, n.id, n.at, n.key_id, (SELECT MAX(seq) FROM pwreset_audit WHERE app = :app), "
        "(SELECT MAX(id) FROM pwreset_audit), "
        "(SELECT owner FROM pwreset_leases WHERE app = :app AND name = :name)";
    if (all_tables) {
        sql +=
            ", (SELECT MAX(id) FROM pwreset_deliveries), (SELECT MAX(id) FROM pwreset_tokens), "
            "(SELECT MAX(id) FROM pwreset_jobs)";
    }
    sql +=
        " FROM (SELECT 1 AS one) o "
        "LEFT JOIN (SELECT id, at, key_id FROM pwreset_audit WHERE app = :app AND mac = UNHEX(:former) LIMIT 1) f ON 1 "
        "= 1 "
        "LEFT JOIN (SELECT id, at, key_id FROM pwreset_audit WHERE app = :app AND mac = UNHEX(:newest) LIMIT 1) n ON 1 "
        "= 1";
    const auto row =
        *session.row(sql, {{"app", app}, {"name", note_name}, {"former", hex(former)}, {"newest", hex(newest)}});
    Reach out{.former = found_row(row, 0),
              .newest = found_row(row, 3),
              .seq = row.integer(6),
              .audit = row.integer(7),
              .deliveries = 0,
              .tokens = 0,
              .jobs = 0,
              .note = row.optional_text(8)};
    if (!all_tables) return out;
    out.deliveries = row.integer(9);
    out.tokens = row.integer(10);
    out.jobs = row.integer(11);
    return out;
}

std::optional<std::int64_t> next_id(Session& session, Numbered what) {
    const std::string table = table_of(what);
    if (session.is_sqlite()) {
        const auto row = session.row("SELECT seq FROM sqlite_sequence WHERE name = :name", {{"name", table}});
        return row ? row->integer(0) + 1 : 1;
    }
    // MySQL answers with what it looked up a day ago, otherwise.
    if (!session.is_mariadb()) session.run("SET SESSION information_schema_stats_expiry = 0");
    const auto row = session.row(
        "SELECT AUTO_INCREMENT FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = :name",
        {{"name", table}});
    if (!row || row->is_null(0)) return {};
    return row->integer(0);
}

void move_on(Session& session, Numbered what, std::int64_t next) {
    const std::string table = table_of(what);
    const auto now = next_id(session, what);
    if (now && *now >= next) return;
    if (!session.is_sqlite()) {
        session.run("ALTER TABLE " + table + " AUTO_INCREMENT = " + std::to_string(next));
        return;
    }
    const Params params{{"name", table}, {"seq", next - 1}};
    if (session.run("UPDATE sqlite_sequence SET seq = :seq WHERE name = :name", params) == 0)
        session.run("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", params);
}

bool wait_for_cluster(Session& session) {
    if (session.is_sqlite()) return false;
    const auto row = session.row("SHOW SESSION VARIABLES LIKE 'wsrep_on'");
    if (!row || row->text(1) != "ON") return false;
    session.run("SET SESSION wsrep_sync_wait = 1");
    return true;
}

void note_restore(Session& session, const std::string& app, const std::string& note) {
    const Params params{
        {"owner", note}, {"until", session.now() + note_span}, {"app", app}, {"name", std::string(note_name)}};
    constexpr const char* update =
        "UPDATE pwreset_leases SET owner = :owner, held_until = :until WHERE app = :app AND name = :name";
    if (session.run(update, params) == 1) return;
    try {
        session.run("INSERT INTO pwreset_leases (app, name, owner, held_until) VALUES (:app, :name, :owner, :until)",
                    params);
    } catch (const Duplicate&) {
        session.run(update, params);  // somebody was quicker
    }
}

}  // namespace pwreset::db
