#include <filesystem>

#include "cmd/check_lines.h"
#include "cmd/command.h"
#include "src/apps/users_table.h"
#include "src/audit/restored.h"
#include "src/audit/trail.h"
#include "src/config/connect.h"
#include "src/config/load.h"
#include "src/doctor/examination.h"
#include "src/fit/profile_tables.h"
#include "src/keys/key_registry.h"
#include "src/queue/removal.h"

namespace pwreset {

namespace {

/// The refusal in the audit trail, as of any other command; where that cannot be written it stands all the same.
void record_refusal(Stage& stage, const Config& config, const Error& refusal) {
    try {
        const Keys keys = load_keys(stage.env, config.keys);
        db::Session session(connect_options(config.database));
        db::Accounts accounts(session, users_table(config.users));
        Context context{stage.env, config, keys, session, accounts, stage.who, stage.trace_id};
        AuditEntry entry;
        entry.action = "doctor";
        entry.result = refusal.code;
        entry.ticket = stage.common.grounds.ticket;
        entry.reason = stage.common.grounds.reason;
        record_alone(context, entry);
    } catch (const std::exception&) {
        // Keys, database or tables are what may be wrong.
    }
}

void ask_for_maintain(Stage& stage, const Config& config) {
    try {
        require(Capability::maintain, stage.who, config);
    } catch (const Error& refusal) {
        record_refusal(stage, config, refusal);
        throw;
    }
}

/// The application's own tables, where the profile says that it has some: a line each, whatever keeps from looking.
void look_at_profile(const Stage& stage, const Config& config, CheckLines& lines) {
    if (config.users.profile == "native") return;
    try {
        const SecretSource source = secret_source(stage.env);
        const Profile profile = read_profile(config, &source);
        db::Session session(connect_options(config.database));
        for (auto& check : check_profile_tables(session, config, profile)) lines.add(std::move(check));
        if (const auto no = unswept(session, config, profile)) lines.add(problem("queue", no->message, no->hint));
    } catch (const Error& error) {
        lines.add(problem("profile", error.message, error.hint));
    }
}

/// By all tables, or by the audit trail alone where the login may read no more.
std::optional<std::string> why_behind_by_login(Context& context) {
    context.issues = true;
    try {
        return why_behind(context);
    } catch (const Error&) {
        context.issues = false;
        return why_behind(context);
    }
}

/// Whether the tables are older than what was written into them; where that can be told, a line only if they are.
void look_at_restore(const Stage& stage, const Config& config, CheckLines& lines) {
    constexpr const char* area = "restore";
    const auto& database = config.database;
    if (database.kind == DatabaseConfig::Kind::sqlite && !std::filesystem::exists(database.path)) return;
    try {
        db::Session session(connect_options(config.database));
        const Keys keys = recorded_keys(stage.env, session, config);
        db::Accounts accounts(session, users_table(config.users));
        Context context{stage.env, config, keys, session, accounts, stage.who, stage.trace_id};
        if (const auto why = why_behind_by_login(context)) {
            const Error behind = tables_behind(*why);
            lines.add(problem(area, behind.message, behind.hint));
        }
    } catch (const Error&) {
        return;  // told in its own line: database, keys, schema or grants
    } catch (const std::exception&) {
        return;
    }
    const auto why = why_no_mark(config.keys, config.application, stage.env.effective_uid);
    if (why.empty()) return;
    lines.add(warning(
        area, "this host cannot write its mark, so it does not notice a restored backup: " + why,
        "let this user write it; in a unit with ProtectSystem=strict, below /var/lib/pwreset or in ReadWritePaths="));
}

void run_doctor(bool accounts, Stage& stage) {
    std::optional<Config> config;
    CheckLines lines(stage, "pwreset doctor");
    try {
        config = load_config(stage.env, stage.common.config);
    } catch (const Error& fault) {
        // A path that this operator may not name is no fault of the site.
        if (fault.exit != Exit::config) throw;
        for (const auto& check : unusable_configuration(fault)) lines.add(check);
        return lines.finish();
    }
    ask_for_maintain(stage, *config);
    lines.read_under(*config);
    examine(stage.env, *config, stage.who, accounts, [&](const Check& check) { lines.add(check); });
    look_at_profile(stage, *config, lines);
    look_at_restore(stage, *config, lines);
    lines.finish();
}

}  // namespace

Command doctor_command(CommandLine& parent) {
    auto& line = parent.command("doctor", "check everything, and say what to do; changes and sends nothing");
    auto accounts = std::make_shared<bool>(false);
    line.flag("--accounts", *accounts, "compare all accounts: identities that only differ in their writing");
    // The capability is asked for by itself, once it has a configuration.
    return {&line, Needs::nothing, {Capability::maintain}, [accounts](Stage& stage) { run_doctor(*accounts, stage); }};
}

}  // namespace pwreset
