#include "db/own/migrate.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include "db/own/leases.h"
#include "db/retrying.h"

namespace pwreset {
std::vector<std::pair<std::string_view, std::string_view>> embedded_migrations();
}

namespace pwreset::db {

namespace {

/// The first two steps make the tables that keep track of the others; they are idempotent and always run.
constexpr int bootstrap_steps = 2;

/// "mysql/005-tokens.sql" → number and name.
Step parse_step(std::string_view path, std::string_view sql) {
    const auto file = path.substr(path.rfind('/') + 1);
    Step step;
    std::from_chars(file.data(), file.data() + 3, step.number);
    step.name = file.substr(4, file.rfind('.') - 4);
    step.sql = sql;
    return step;
}

/// The statements of a step, without comments: SOCI would take a colon or an apostrophe in them for its own.
std::vector<std::string> statements(std::string_view sql) {
    std::string code;
    while (!sql.empty()) {
        const auto end = std::min(sql.find('\n'), sql.size());
        const auto line = sql.substr(0, end);
        (code += line.substr(0, line.find("--"))) += '\n';
        sql.remove_prefix(std::min(end + 1, sql.size()));
    }
    std::vector<std::string> out;
    for (std::size_t from = 0; from < code.size();) {
        const auto end = std::min(code.find(';', from), code.size());
        const auto statement = code.substr(from, end - from);
        if (statement.find_first_not_of(" \n") != statement.npos) out.push_back(statement);
        from = end + 1;
    }
    return out;
}

std::vector<Step> all_steps(const Session& session) {
    const std::string_view folder = session.is_sqlite() ? "sqlite/" : "mysql/";
    std::vector<Step> steps;
    for (const auto& [path, sql] : embedded_migrations()) {
        if (path.starts_with(folder)) steps.push_back(parse_step(path, sql));
    }
    return steps;
}

bool has_schema_table(Session& session) {
    const char* sql = session.is_sqlite()
                          ? "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'pwreset_schema'"
                          : "SELECT 1 FROM information_schema.tables "
                            "WHERE table_schema = DATABASE() AND table_name = 'pwreset_schema'";
    return session.row(sql).has_value();
}

std::set<std::int64_t> steps_done(Session& session) {
    std::set<std::int64_t> done;
    if (!has_schema_table(session)) return done;
    for (const Row& row : session.rows("SELECT step FROM pwreset_schema WHERE state = 'done'")) {
        done.insert(row.integer(0));
    }
    return done;
}

void record_start(Session& session, const Step& step) {
    session.run("DELETE FROM pwreset_schema WHERE step = :step", {{"step", step.number}});
    session.run(
        "INSERT INTO pwreset_schema (step, name, state, started_at) "
        "VALUES (:step, :name, 'started', UTC_TIMESTAMP(6))",
        {{"step", step.number}, {"name", step.name}});
}

void record_end(Session& session, const Step& step) {
    session.run("UPDATE pwreset_schema SET state = 'done', finished_at = UTC_TIMESTAMP(6) WHERE step = :step",
                {{"step", step.number}});
}

/// Whether this is "ALTER TABLE t ADD COLUMN c …" and t has c: a step that was interrupted runs again, and neither
/// MySQL nor SQLite knows ADD COLUMN IF NOT EXISTS.
bool adds_what_is_there(Session& session, const std::string& statement) {
    std::istringstream words(statement);
    std::string alter, table_word, table, add, column_word, column;
    words >> alter >> table_word >> table >> add >> column_word >> column;
    if (alter != "ALTER" || add != "ADD" || column_word != "COLUMN") return false;
    const char* sql = session.is_sqlite() ? "SELECT 1 FROM pragma_table_info(:table) WHERE name = :column"
                                          : "SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() "
                                            "AND table_name = :table AND column_name = :column";
    return session.row(sql, {{"table", table}, {"column", column}}).has_value();
}

void run_step(Session& session, const Step& step) {
    for (const auto& statement : statements(step.sql)) {
        if (!adds_what_is_there(session, statement)) session.run(statement);
    }
}

/// SQLite undoes a step that is interrupted; the others' steps are written so that they can be run again.
void take_step(Session& session, const Step& step) {
    std::optional<Transaction> transaction;
    if (session.is_sqlite()) transaction.emplace(session);
    record_start(session, step);
    run_step(session, step);
    record_end(session, step);
    if (transaction) transaction->commit();
}

/// On a cluster the DDL of one 'migrate' ends what others do with the same tables, at every node. All that is done here
/// may be done again: a step because it may have been interrupted, a lease because it stays with its owner.
void patiently(Session& session, const std::function<void()>& work) {
    constexpr Patience patience{.tries = 1000, .span = std::chrono::seconds(30)};
    retrying(session, work, {}, patience);
}

std::vector<Step> plan_of(Session& session) {
    std::vector<Step> steps;
    patiently(session, [&] { steps = migration_plan(session); });
    return steps;
}

/// Takes or renews it; false while another has it.
bool has_migration_lease(Session& session, const std::string& owner) {
    bool ours = false;
    patiently(session, [&] { ours = !take_lease(session, "", "migrate", owner, Seconds(60)); });
    return ours;
}

/// Waits for the lease; the application's name is empty because all applications share the tables.
void take_migration_lease(Session& session, const std::string& owner) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!has_migration_lease(session, owner)) {
        if (std::chrono::steady_clock::now() > patience) {
            throw unavailable("another 'migrate' is at work on this database", "wait for it, then look at --dry-run");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

}  // namespace

std::vector<Step> migration_plan(Session& session) {
    auto steps = all_steps(session);
    const auto done = steps_done(session);
    for (auto& step : steps) step.done = done.count(step.number) > 0;
    return steps;
}

void migrate(Session& session, const std::string& owner, const std::function<void(const Step&)>& on_step) {
    const auto steps = plan_of(session);
    if (std::all_of(steps.begin(), steps.end(), [](const Step& step) { return step.done; })) return;
    for (const auto& step : steps) {
        if (step.number <= bootstrap_steps && !step.done) patiently(session, [&] { run_step(session, step); });
    }
    take_migration_lease(session, owner);
    for (const auto& step : plan_of(session)) {
        if (step.done) continue;
        on_step(step);
        has_migration_lease(session, owner);
        patiently(session, [&] { take_step(session, step); });
    }
    patiently(session, [&] { release_lease(session, "", "migrate", owner); });
}

std::int64_t newest_step(Session& session) {
    const auto done = steps_done(session);
    return done.empty() ? 0 : *done.rbegin();
}

void require_current_schema(Session& session) {
    const auto done = session.row("SELECT COUNT(*) FROM pwreset_schema WHERE state = 'done'")->integer(0);
    if (done >= static_cast<std::int64_t>(all_steps(session).size())) return;
    throw config_error("pwreset's tables are older than this program", "run 'pwreset migrate'");
}

}  // namespace pwreset::db
