#include "db/own/migrate.h"

#include <ostream>

#include "cmd/command.h"
#include "src/account/protection.h"
#include "src/apps/users_table.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/config/connect.h"
#include "src/keys/key_registry.h"

namespace pwreset {

namespace {

struct Migrated {
    std::vector<db::Step> steps;  ///< those that were not done before
    std::vector<std::string> keys;
    std::vector<db::CurrentKey> recorded;  ///< keys that are the current ones from now on

    bool nothing() const { return steps.empty() && keys.empty() && recorded.empty(); }
};

/// What --dry-run answers: the statements that would run, and the files that would be made.
Migrated plan(const Env& env, const Config& config, db::Session& session) {
    Migrated out;
    bool registry = false;
    for (auto& step : db::migration_plan(session)) {
        registry = registry || (step.done && step.name == "keys");
        if (!step.done) out.steps.push_back(std::move(step));
    }
    std::vector<db::CurrentKey> recorded;
    if (registry) recorded = db::current_keys(session, config.application);
    refuse_missing_files(config, recorded);
    for (const auto& file : key_files(config.keys)) {
        if (!std::filesystem::exists(file)) out.keys.push_back(file.string());
    }
    if (out.keys.empty()) out.recorded = unrecorded_keys(recorded, load_keys(env, config.keys));
    return out;
}

Migrated apply(const Config& config, db::Session& session, Stage& stage) {
    Migrated out;
    db::migrate(session, process_identity(), [&](const db::Step& step) {
        if (stage.common.verbose) stage.env.err << "step " << step.number << ": " << step.name << "\n";
        out.steps.push_back(step);
    });
    refuse_missing_files(config, db::current_keys(session, config.application));
    for (const auto& file : create_keys(stage.env, config.keys)) out.keys.push_back(file.string());
    out.recorded = record_first_keys(session, config, load_keys(stage.env, config.keys));
    const Keys keys = recorded_keys(stage.env, session, config);
    if (out.nothing()) return out;
    db::Accounts accounts(session, users_table(config.users));
    Context context{stage.env, config, keys, session, accounts, stage.who, stage.trace_id};
    const SealAtEnd seal_at_end(context);
    AuditEntry entry;
    entry.action = "migrate";
    entry.result = "done";
    entry.ticket = stage.common.grounds.ticket;
    entry.reason = stage.common.grounds.reason;
    entry.detail = std::to_string(out.steps.size()) + " steps, " + std::to_string(out.keys.size()) + " key files, " +
                   std::to_string(out.recorded.size()) + " keys recorded";
    record_alone(context, entry);
    return out;
}

Json data_of(const Migrated& migrated, bool dry_run) {
    Json steps = Json::array();
    for (const auto& step : migrated.steps) steps.push_back({{"step", step.number}, {"name", step.name}});
    Json recorded = Json::array();
    for (const auto& key : migrated.recorded) recorded.push_back({{"purpose", key.purpose}, {"key_id", key.key_id}});
    return {{"dry_run", dry_run}, {"steps", steps}, {"key_files", migrated.keys}, {"keys_recorded", recorded}};
}

/// A row for each thing that was done, or would be.
void print_rows(Stage& stage, const Migrated& migrated) {
    const bool done = !stage.common.dry_run;
    Listing listing(stage.env, stage.common.format, "changes",
                    {{"what", ""}, {"step", ""}, {"name", ""}, {"purpose", ""}, {"done", ""}}, stage.trace_id);
    for (const auto& step : migrated.steps)
        listing.row({"step", static_cast<std::int64_t>(step.number), step.name, Cell(), done});
    for (const auto& file : migrated.keys) listing.row({"key_file", Cell(), file, Cell(), done});
    for (const auto& key : migrated.recorded) listing.row({"key", Cell(), key.key_id, key.purpose, done});
    listing.finish();
}

void answer(Stage& stage, const Migrated& migrated) {
    const bool dry = stage.common.dry_run;
    if (stage.common.format == Format::json) return print_success(stage.env, data_of(migrated, dry), stage.trace_id);
    if (!stage.for_people()) return print_rows(stage, migrated);
    if (stage.common.quiet) return;
    auto& out = stage.env.out;
    if (migrated.nothing()) out << "nothing to do: tables and keys are up to date\n";
    for (const auto& step : migrated.steps) {
        out << (dry ? "would run step " : "ran step ") << step.number << ": " << step.name << "\n";
        if (dry) out << step.sql << "\n";
    }
    for (const auto& file : migrated.keys) out << (dry ? "would make " : "made ") << file << "\n";
    for (const auto& key : migrated.recorded)
        out << (dry ? "would record" : "recorded") << " key " << key.key_id << " (" << key.purpose << ") as current\n";
}

/// Whether the protection of administrators protects anybody, where this login may look at the users at all.
void warn_of_void_protection(Stage& stage, db::Session& session) {
    std::string told;
    try {
        db::Accounts accounts(session, users_table(stage.config->users));
        told = void_protection(accounts, stage.config->users);
    } catch (const Error&) {
        return;  // no such table yet, or closed to the login of migrations
    }
    if (told.empty()) return;
    stage.env.err << "pwreset: warning: " << printable(told)
                  << "\n  hint: correct 'protected' in [users], or where 'role' says that roles are\n";
}

void run_migrate(Stage& stage) {
    db::Session session(connect_options(stage.config->database));
    const Config& config = *stage.config;
    answer(stage, stage.common.dry_run ? plan(stage.env, config, session) : apply(config, session, stage));
    warn_of_void_protection(stage, session);
}

}  // namespace

Command migrate_command(CommandLine& parent) {
    auto& line = parent.command("migrate", "create or upgrade pwreset's own tables and make its key files");
    return {&line, Needs::configuration, {Capability::maintain}, run_migrate};
}

}  // namespace pwreset
