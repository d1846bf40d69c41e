// What a subcommand is to run.cpp: its words for the parser, what it needs, and what it does.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cmd/command_line.h"
#include "cmd/global_options.h"
#include "cmd/output/envelope.h"
#include "cmd/output/json.h"
#include "cmd/output/listing.h"
#include "src/context.h"
#include "src/operator/operator.h"

namespace pwreset {

/// How much must be there before a command runs.
enum class Needs {
    nothing,        ///< demo, completion; doctor, which has to do without
    configuration,  ///< migrate: it makes what the others need
    database,       ///< configuration, keys, an open session, a current schema
};

/// Where a command finds everything. `config` and `context` are there when it declared that it needs them.
struct Stage {
    Env& env;
    const Common& common;
    std::string trace_id;
    const Operator& who;
    const Config* config = nullptr;
    const Profile* profile = nullptr;
    Context* context = nullptr;

    bool for_people() const { return common.format == Format::table; }
};

struct Command {
    CommandLine* line = nullptr;
    Needs needs = Needs::database;
    std::vector<Capability> capabilities{};  ///< all of them are asked for before it runs
    std::function<void(Stage&)> run{};
    /// Capabilities that depend on the options given; may be empty.
    std::function<std::vector<Capability>()> further{};
    /// The commands below this one (`keys rotate`). Without a `run` of its own, one of them must follow.
    std::vector<Command> subcommands{};
    /// What is needed with the options given, where they make it less; may be empty. For what needs nothing no
    /// capability is asked.
    std::function<Needs()> needs_now{};
};

/// A failure that still has something to say: `data` is kept in the JSON answer (PARTIAL_FAILURE).
struct CommandFailure : Error {
    CommandFailure(Error error, Json partial) : Error(std::move(error)), data(std::move(partial)) {}
    Json data;
};

/// Asked first by what issues or sends: throws Error CONFIG where the tables were put back, FORBIDDEN where issuing is
/// frozen.
void require_issuing(Stage& stage);

/// A failure whose answer is complete on standard output already: only the exit status is its, and the words for
/// people.
struct AnsweredFailure : Error {
    explicit AnsweredFailure(Error error) : Error(std::move(error)) {}
};

Command request_command(CommandLine& parent);
Command send_otp_command(CommandLine& parent);
Command verify_otp_command(CommandLine& parent);
Command revoke_command(CommandLine& parent);
Command list_tokens_command(CommandLine& parent);
Command purge_expired_command(CommandLine& parent);
Command freeze_command(CommandLine& parent);
Command unfreeze_command(CommandLine& parent);
Command deliver_command(CommandLine& parent);
Command jobs_command(CommandLine& parent);
Command audit_command(CommandLine& parent);
Command audit_verify_command(CommandLine& audit);
Command audit_head_command(CommandLine& audit);
Command keys_command(CommandLine& parent);
Command inspect_command(CommandLine& parent);
Command subject_command(CommandLine& parent);
Command template_command(CommandLine& parent);
Command template_preview_command(CommandLine& group);
Command profile_command(CommandLine& parent);
Command migrate_command(CommandLine& parent);
Command doctor_command(CommandLine& parent);
Command init_command(CommandLine& parent);
Command demo_command(CommandLine& parent);
Command completion_command(CommandLine& parent);

}  // namespace pwreset
