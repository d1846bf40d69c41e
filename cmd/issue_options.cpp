#include "cmd/issue_options.h"

#include "cmd/hints.h"
#include "cmd/issue_answer.h"
#include "db/own/jobs.h"
#include "src/account/protection.h"
#include "src/message/templates.h"

namespace pwreset {

void bind_issue_options(CommandLine& line, IssueOptions& options) {
    line.arguments("IDENTITY", options.identities, Presence::optional,
                   "an e-mail address, a phone number, id:42 or login:bob");
    line.choice("--channel", options.channel, "CHANNEL", {"email", "sms"},
                "email or sms, instead of what the identity is");
    line.flag("--queue", options.queue, "leave the sending to 'pwreset deliver'");
    line.flag("--override-limits", options.override_limits, "ignore the cooldown and the limit of the account");
    line.flag("--override-protected", options.override_protected,
              "reset an account that its role protects, too; needs --ticket and --reason");
    bind_bulk_options(line, options.bulk);
}

void check_issue_options(const IssueOptions& options) {
    check_bulk_options(options.bulk, !options.identities.empty());
    if (!options.bulk.given()) {
        if (options.identities.empty()) refuse_missing("IDENTITY");
        return;
    }
    if (options.override_limits)
        throw usage_error("'--override-limits' does not go with a job",
                          "a cooldown puts an account off, and drops none");
    if (options.override_protected) {
        throw usage_error("'--override-protected' does not go with a job",
                          "protected accounts are in no job: name one by itself");
    }
}

std::vector<Capability> capabilities_of(const IssueOptions& options) {
    std::vector<Capability> needed;
    if (options.identities.size() > 1) needed.push_back(Capability::bulk);
    if (options.override_limits) needed.push_back(Capability::override_limits);
    if (options.override_protected) needed.push_back(Capability::privileged);
    for (const auto capability : capabilities_of(options.bulk)) needed.push_back(capability);
    return needed;
}

namespace {

/// An administrator is reset by nobody without a name for it in the trail.
void require_grounds(const IssueOptions& options, const Common& common) {
    if (!options.override_protected || (common.grounds.ticket && common.grounds.reason)) return;
    throw usage_error("'--override-protected' without a ticket and a reason", "give --ticket ID and --reason TEXT");
}

/// Before anything was ever issued: whether the protection of administrators protects anybody. Later `doctor` tells.
void warn_of_void_protection(Stage& stage) {
    if (db::has_jobs(stage.context->session, stage.config->application)) return;
    const std::string told = void_protection(stage.context->accounts, stage.config->users);
    if (told.empty()) return;
    warn(stage, told, "'protected' in [users] protects nobody; 'pwreset doctor' says more");
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
    warn_of_void_protection(stage);
    if (options.bulk.given()) return run_bulk(stage, options.bulk, command, request.wish, options.queue);
    answer_issued(stage, request, issue(*stage.context, request));
}

}  // namespace pwreset
