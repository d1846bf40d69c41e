#include "db/own/migrate.h"

#include <ostream>

#include "cmd/command.h"
#include "cmd/hints.h"
#include "cmd/migrate_restored.h"
#include "src/account/protection.h"
#include "src/apps/users_table.h"
#include "src/audit/restored.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/config/connect.h"
#include "src/keys/former_names.h"
#include "src/keys/key_registry.h"
#include "src/recovery/adoption.h"

namespace pwreset {

namespace {

struct MigrateOptions {
    std::optional<std::string> adopt;  ///< the name that the application had
    bool restored = false;             ///< a backup was restored
};

struct Migrated {
    std::vector<db::Step> steps;  ///< those that were not done before
    std::vector<std::string> keys;
    std::vector<db::CurrentKey> recorded;  ///< keys that are the current ones from now on
    std::optional<Adopted> adopted{};      ///< of the name that --adopt says
    std::optional<Restored> restored{};    ///< by --restored

    bool nothing() const { return steps.empty() && keys.empty() && recorded.empty() && !adopted; }
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

/// New keys would be none that know the former name's tokens.
void require_key_files_of(const std::string& former, const Config& config) {
    for (const auto& file : key_files(config.keys)) {
        if (std::filesystem::exists(file)) continue;
        throw config_error("key file '" + file.string() + "' is missing",
                           "what is adopted needs the keys of '" + printable(former) +
                               "': name its folder in [keys] folder, or copy its files there");
    }
}

/// Who migrates after a restore has not settled it by that.
void warn_of_restore(const MigrateOptions& options, Context& context, Stage& stage) {
    if (options.restored) return;
    std::optional<std::string> why;
    try {
        why = why_behind(context);
    } catch (const Error&) {
        return;  // a login for migrations alone may not look
    }
    if (!why) return;
    const Error behind = tables_behind(*why);
    warn(stage, behind.message, behind.hint);
}

Migrated apply(const Config& config, db::Session& session, const MigrateOptions& options, Stage& stage) {
    Migrated out;
    db::migrate(session, process_identity(), [&](const db::Step& step) {
        if (stage.common.verbose) stage.env.err << "step " << step.number << ": " << step.name << "\n";
        out.steps.push_back(step);
    });
    refuse_missing_files(config, db::current_keys(session, config.application));
    if (options.adopt) require_key_files_of(*options.adopt, config);
    for (const auto& file : create_keys(stage.env, config.keys)) out.keys.push_back(file.string());
    out.recorded = record_first_keys(session, config, load_keys(stage.env, config.keys));
    const Keys keys = recorded_keys(stage.env, session, config);
    db::Accounts accounts(session, users_table(config.users));
    Context context{stage.env, config, keys, session, accounts, stage.who, stage.trace_id};
    warn_of_restore(options, context, stage);
    if (out.nothing() && !options.adopt) return out;
    const SealAtEnd seal_at_end(context);
    if (options.adopt) out.adopted = adopt(context, *options.adopt);
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
    Json data{{"dry_run", dry_run}, {"steps", steps}, {"key_files", migrated.keys}, {"keys_recorded", recorded}};
    if (migrated.adopted) {
        for (const auto& [name, count] : migrated.adopted->rows) data["adopted"][name] = count;
    }
    if (migrated.restored) data["restored"] = json_of(*migrated.restored);
    return data;
}

/// A row for each thing that was done, or would be.
void print_rows(Stage& stage, const Migrated& migrated) {
    const bool done = !stage.common.dry_run;
    Listing listing(stage.env, stage.common.format, "changes",
                    {{"what", ""}, {"step", ""}, {"name", ""}, {"purpose", ""}, {"rows", ""}, {"done", ""}},
                    stage.trace_id);
    for (const auto& step : migrated.steps)
        listing.row({"step", static_cast<std::int64_t>(step.number), step.name, Cell(), Cell(), done});
    for (const auto& file : migrated.keys) listing.row({"key_file", Cell(), file, Cell(), Cell(), done});
    for (const auto& key : migrated.recorded) listing.row({"key", Cell(), key.key_id, key.purpose, Cell(), done});
    if (migrated.adopted) {
        for (const auto& [name, count] : migrated.adopted->rows)
            listing.row({"adopted", Cell(), std::string(name), Cell(), count, done});
    }
    if (migrated.restored) list_restored(listing, *migrated.restored, done);
    listing.finish();
}

void answer(Stage& stage, const Migrated& migrated) {
    const bool dry = stage.common.dry_run;
    if (stage.common.format == Format::json) return print_success(stage.env, data_of(migrated, dry), stage.trace_id);
    if (!stage.for_people()) return print_rows(stage, migrated);
    if (stage.common.quiet) return;
    auto& out = stage.env.out;
    if (migrated.adopted) out << "adopted " << migrated.adopted->in_words() << "\n";
    if (migrated.nothing() && !migrated.restored) out << "nothing to do: tables and keys are up to date\n";
    for (const auto& step : migrated.steps) {
        out << (dry ? "would run step " : "ran step ") << step.number << ": " << step.name << "\n";
        if (dry) out << step.sql << "\n";
    }
    for (const auto& file : migrated.keys) out << (dry ? "would make " : "made ") << file << "\n";
    for (const auto& key : migrated.recorded)
        out << (dry ? "would record" : "recorded") << " key " << key.key_id << " (" << key.purpose << ") as current\n";
    if (migrated.restored) print_restored(stage, *migrated.restored);
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
    warn(stage, told, "correct 'protected' in [users], or where 'role' says that roles are");
}

/// Before anything is made: who meant to go on under a new name would otherwise begin anew.
void warn_of_former_names(const MigrateOptions& options, Stage& stage, db::Session& session) {
    for (const auto& former : former_names(stage.env, session, *stage.config)) {
        if (!former.matters() || former.name == options.adopt) continue;
        warn(stage, in_words(former), remedy_for(former));
    }
}

void run_migrate(const MigrateOptions& options, Stage& stage) {
    if (options.adopt && stage.common.dry_run)
        throw usage_error("--dry-run does not go with --adopt", "'pwreset doctor' counts what lies under former names");
    if (options.adopt && options.restored)
        throw usage_error("'--restored' does not go with '--adopt'", "one at a time");
    db::Session session(connect_options(stage.config->database));
    const Config& config = *stage.config;
    warn_of_former_names(options, stage, session);
    auto migrated = stage.common.dry_run ? plan(stage.env, config, session) : apply(config, session, options, stage);
    if (options.restored) migrated.restored = run_restored(stage, session);
    answer(stage, migrated);
    warn_of_void_protection(stage, session);
}

}  // namespace

Command migrate_command(CommandLine& parent) {
    auto options = std::make_shared<MigrateOptions>();
    auto& line = parent.command("migrate", "create or upgrade pwreset's own tables and make its key files");
    line.text("--adopt", options->adopt, "NAME", "take over what lies under the name that the application had");
    line.flag("--restored", options->restored,
              "after a backup was restored: end what was live, and go on past its ids");
    return {
        &line, Needs::configuration, {Capability::maintain}, [options](Stage& stage) { run_migrate(*options, stage); }};
}

}  // namespace pwreset
