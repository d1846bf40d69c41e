#include "cmd/issue_options.h"

#include <CLI/CLI.hpp>

#include "cmd/issue_answer.h"

namespace pwreset {

void bind_issue_options(CLI::App& app, IssueOptions& options) {
    app.add_option("IDENTITY", options.identities, "an e-mail address, id:42 or login:bob")->required();
    app.add_flag("--queue", options.queue, "leave the sending to 'pwreset deliver'");
    app.add_flag("--override-limits", options.override_limits, "ignore the cooldown and the limit of the account");
}

std::vector<Capability> capabilities_of(const IssueOptions& options) {
    if (!options.override_limits) return {};
    return {Capability::override_limits};
}

void run_issue(Stage& stage, const IssueOptions& options, const std::string& command, std::optional<Kind> kind) {
    IssueRequest request;
    request.command = command;
    request.identities = options.identities;
    request.kind = kind;
    request.queue = options.queue;
    request.dry_run = stage.common.dry_run;
    request.override_limits = options.override_limits;
    request.ticket = stage.common.ticket;
    request.reason = stage.common.reason;
    request.locale = stage.common.locale;
    answer_issued(stage, request, issue(*stage.context, request));
}

}  // namespace pwreset
