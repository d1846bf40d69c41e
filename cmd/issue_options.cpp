#include "cmd/issue_options.h"

#include "cmd/issue_answer.h"
#include "src/message/templates.h"

namespace pwreset {

void bind_issue_options(CommandLine& line, IssueOptions& options, Presence identity) {
    line.arguments("IDENTITY", options.identities, identity, "an e-mail address, a phone number, id:42 or login:bob");
    line.choice("--channel", options.channel, "CHANNEL", {"email", "sms"},
                "email or sms, instead of what the identity is");
    line.flag("--queue", options.queue, "leave the sending to 'pwreset deliver'");
    line.flag("--override-limits", options.override_limits, "ignore the cooldown and the limit of the account");
    line.flag("--override-protected", options.override_protected,
              "reset an account that its role protects, too; needs --ticket and --reason");
}

std::vector<Capability> capabilities_of(const IssueOptions& options) {
    std::vector<Capability> needed;
    if (options.override_limits) needed.push_back(Capability::override_limits);
    if (options.override_protected) needed.push_back(Capability::privileged);
    return needed;
}

namespace {

/// An administrator is reset by nobody without a name for it in the trail.
void require_grounds(const IssueOptions& options, const Common& common) {
    if (!options.override_protected || (common.grounds.ticket && common.grounds.reason)) return;
    throw usage_error("'--override-protected' without a ticket and a reason", "give --ticket ID and --reason TEXT");
}

}  // namespace

void run_issue(Stage& stage, const IssueOptions& options, const std::string& command, std::optional<Kind> kind) {
    require_grounds(options, stage.common);
    IssueRequest request;
    request.command = command;
    request.identities = options.identities;
    request.wish = {kind, channel_of(options.channel)};
    request.queue = options.queue;
    request.dry_run = stage.common.dry_run;
    request.override_limits = options.override_limits;
    request.override_protected = options.override_protected;
    request.grounds = stage.common.grounds;
    request.locale = stage.common.locale;
    if (request.locale) require_locale(*request.locale, stage.config->text.templates);
    answer_issued(stage, request, issue(*stage.context, request));
}

}  // namespace pwreset
