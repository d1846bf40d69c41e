#include <CLI/CLI.hpp>

#include "cmd/command.h"
#include "cmd/issue_options.h"

namespace pwreset {

Command request_command(CLI::App& parent) {
    auto options = std::make_shared<IssueOptions>();
    auto* app = parent.add_subcommand("request", "send a reset link to an account's stored e-mail address");
    bind_issue_options(*app, *options);
    Command command{app, Needs::database, {Capability::support}};
    command.further = [options] { return capabilities_of(*options); };
    command.run = [options](Stage& stage) { run_issue(stage, *options, "request", {}); };
    return command;
}

}  // namespace pwreset
