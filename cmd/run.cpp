#include "cmd/run.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <ostream>

#include "cmd/command.h"
#include "cmd/global_options.h"
#include "cmd/hints.h"
#include "db/own/migrate.h"
#include "src/apps/application.h"
#include "src/apps/users_table.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/base/file_fault.h"
#include "src/base/printable.h"
#include "src/config/connect.h"
#include "src/config/load.h"
#include "src/keys/former_names.h"
#include "src/keys/key_registry.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

constexpr const char* version = "pwreset " PWRESET_VERSION;
constexpr const char* about = "account recovery for applications with users in MySQL or MariaDB";

/// Every command there is, in the order of the manual.
constexpr std::array commands{
    request_command,       send_otp_command, verify_otp_command, revoke_command, list_tokens_command, inspect_command,
    purge_expired_command, deliver_command,  jobs_command,       freeze_command, unfreeze_command,    audit_command,
    subject_command,       template_command, profile_command,    keys_command,   migrate_command,     doctor_command,
    init_command,          demo_command,     completion_command,
};

/// The command as the audit trail names it: "keys-rotate".
std::string action_of(const Command& command) {
    std::string action = command.line->words();
    std::replace(action.begin(), action.end(), ' ', '-');
    return action;
}

/// The command that was named on the line; null when none was.
const Command* chosen(const std::vector<Command>& made) {
    for (const auto& command : made) {
        if (!command.line->named()) continue;
        const auto* below = chosen(command.subcommands);
        return below ? below : &command;
    }
    return nullptr;
}

/// Before the connection, so that a missing key file is not told after a timeout.
db::ConnectOptions options_with_keys(const Env& env, const Config& config) {
    refuse_new_key_folder(env, config);
    require_key_files(config.keys);
    return connect_options(config.database);
}

/// Which keys are current stands in the database: it must be asked in the words of this program's schema.
Keys current_keys(const Env& env, const Config& config, db::Session& session) {
    db::require_current_schema(session);
    try {
        return recorded_keys(env, session, config);
    } catch (const Error& error) {
        if (error.exit == Exit::config) refuse_new_name(env, session, config);
        throw;
    }
}

/// What stands on the configuration: a session, a current schema, keys. What was recorded is sealed when it goes.
struct Opened {
    Opened(Env& env, const Config& config, const Profile& profile, const Operator& who, const std::string& trace_id)
        : session(options_with_keys(env, config)),
          keys(current_keys(env, config, session)),
          accounts(session, users_table(config.users)),
          application(env, config, profile, session, accounts),
          context{env, config, keys, session, accounts, who, trace_id} {
        context.at_work = &application;
    }

    db::Session session;
    const Keys keys;
    db::Accounts accounts;
    Application application;
    Context context;
    const SealAtEnd seal_at_end{context};
};

void record_refusal(Context& context, const Command& command, const Common& common, const Error& error) {
    AuditEntry entry;
    entry.action = action_of(command);
    entry.result = error.code;
    entry.ticket = common.grounds.ticket;
    entry.reason = common.grounds.reason;
    record_alone(context, entry);
}

/// The same for a command that runs without a database: where there is one, the refusal is recorded all the same.
void record_refusal_if_possible(Stage& stage, const Command& command, const Error& error) {
    try {
        Opened opened(stage.env, *stage.config, *stage.profile, stage.who, stage.trace_id);
        record_refusal(opened.context, command, stage.common, error);
    } catch (const std::exception&) {
        // There are no tables yet, or they cannot be reached. The refusal stands.
    }
}

/// What the command asks for, with the options that were given.
std::vector<Capability> wanted_of(const Command& command) {
    auto wanted = command.capabilities;
    if (command.further) {
        for (const auto capability : command.further()) wanted.push_back(capability);
    }
    return wanted;
}

/// Asks for what the command declared, and records a refusal in the audit trail.
void ask_for_capabilities(const Command& command, Stage& stage) {
    try {
        for (const auto capability : wanted_of(command)) require(capability, stage.who, *stage.config);
    } catch (const Error& error) {
        if (stage.context) record_refusal(*stage.context, command, stage.common, error);
        if (!stage.context) record_refusal_if_possible(stage, command, error);
        throw;
    }
}

Needs needs_of(const Command& command) { return command.needs_now ? command.needs_now() : command.needs; }

/// With the configuration, which says what the operator may do.
void run_configured(const Command& command, Stage& stage) {
    const Config& config = *stage.config;
    if (needs_of(command) == Needs::configuration) {
        ask_for_capabilities(command, stage);
        return command.run(stage);
    }
    Opened opened(stage.env, config, *stage.profile, stage.who, stage.trace_id);
    stage.context = &opened.context;
    if (stage.common.verbose)
        stage.env.err << "the database is open, its clock says " << rfc3339(opened.session.now()) << "\n";
    ask_for_capabilities(command, stage);
    command.run(stage);
}

void dispatch(Env& env, const Common& common, const Command& command, const std::string& trace_id) {
    const Operator who = find_operator(env);
    Stage stage{env, common, trace_id, who};
    if (needs_of(command) == Needs::nothing) return command.run(stage);
    const Config config = load_config(env, common.config);
    stage.config = &config;
    const SecretSource source = secret_source(env);
    const Profile profile = read_profile(config, &source);
    stage.profile = &profile;
    if (common.verbose)
        env.err << "operator " << printable(who.name) << ", configuration " << config.file.string() << "\n";
    try {
        run_configured(command, stage);
    } catch (Error& error) {
        error.hint = for_operator(error.hint, stage);
        throw;
    }
}

std::vector<Command> bind_all(CommandLine& program, Common& common) {
    program.require_command();
    bind_common(program, common);
    std::vector<Command> all;
    for (const auto make : commands) all.push_back(make(program));
    return all;
}

int fail(Env& env, bool json, const Error& error, const Json& data, const std::string& trace_id) {
    env.out.clear();
    try {
        if (json) print_failure(env, error, data, trace_id);
    } catch (const Error&) {
        // Standard output is what failed; standard error still gets the message.
    }
    word_failure(env, error);
    return static_cast<int>(error.exit);
}

}  // namespace

int run(Env& env, const std::vector<std::string>& arguments) {
    CommandLine program(about, version);
    Common common;
    const auto all = bind_all(program, common);
    const bool json = wants_json(arguments);
    std::string trace_id;
    try {
        trace_id = new_uuid(env);
        if (const auto answer = program.read(arguments)) {
            env.out << *answer;
            return env.out.flush() ? 0 : static_cast<int>(Exit::io);
        }
        check_common(common);
        apply_color(common, env);
        dispatch(env, common, *chosen(all), trace_id);
        check_output(env);
        return 0;
    } catch (const CommandFailure& failure) {
        return fail(env, json, failure, failure.data, trace_id);
    } catch (const AnsweredFailure& failure) {
        return fail(env, false, failure, nullptr, trace_id);
    } catch (const Error& error) {
        return fail(env, json, error, nullptr, trace_id);
    } catch (const db::Lost& lost) {
        return fail(env, json, lost.given_up(), nullptr, trace_id);
    } catch (const db::Conflict& conflict) {
        return fail(env, json, conflict.given_up(), nullptr, trace_id);
    } catch (const std::filesystem::filesystem_error& fault) {
        return fail(env, json, file_fault(fault), nullptr, trace_id);
    } catch (const std::exception&) {
        // No text of a library: it may quote what it was given.
        return fail(env, json, internal_error("an unexpected fault"), nullptr, trace_id);
    }
}

CommandWords program_words() {
    CommandLine program(about, version);
    Common common;
    bind_all(program, common);
    return program.tree();
}

std::map<std::string, std::vector<Capability>> capabilities_of_commands() {
    CommandLine program(about, version);
    Common common;
    std::map<std::string, std::vector<Capability>> all;
    const std::function<void(const std::vector<Command>&)> take = [&](const std::vector<Command>& commands_here) {
        for (const auto& command : commands_here) {
            all[command.line->words()] = wanted_of(command);
            take(command.subcommands);
        }
    };
    take(bind_all(program, common));
    return all;
}

}  // namespace pwreset
