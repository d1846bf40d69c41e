#include "cmd/request_print.h"

#include <ostream>

#include "cmd/issue_answer.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/base/reference.h"
#include "src/message/templates.h"
#include "src/recovery/print_link.h"
#include "src/recovery/voucher.h"

namespace pwreset {

namespace {

void require_both_grounds(const std::string& option, const Common& common) {
    if (common.grounds.ticket && common.grounds.reason) return;
    throw usage_error("'" + option + "' without a ticket and a reason", "give --ticket ID and --reason TEXT");
}

/// A link in a pipe or a file would be kept, and read by others. Recorded: who tries that may try it again.
void require_terminal(const Stage& stage) {
    if (stage.env.terminal.in && stage.env.terminal.out) return;
    const Error error = forbidden("a link is printed on a terminal only, not into a pipe or a file",
                                  "run it at a terminal, without redirections");
    record_alone(*stage.context, {.action = print_action,
                                  .result = error.code,
                                  .ticket = stage.common.grounds.ticket,
                                  .reason = stage.common.grounds.reason});
    throw Error(error);
}

IssueRequest request_of(const Stage& stage, const IssueOptions& options) {
    IssueRequest request;
    request.command = "request";
    request.identities = options.identities;
    request.dry_run = stage.common.dry_run;
    request.override_limits = options.override_limits;
    request.grounds = stage.common.grounds;
    request.locale = stage.common.locale;
    if (request.locale) require_locale(*request.locale, stage.config->text.templates);
    return request;
}

void show(Stage& stage, const PrintedLink& printed) {
    auto& out = stage.env.out;
    if (!stage.common.quiet) {
        out << "printed  link of id:" << printable(printed.told.account) << "  ref "
            << reference_of(printed.told.delivery_id) << "  valid until " << local_text(*printed.told.expires_at)
            << ", once\n  told:  " << printable(printed.told.recipient) << ", by mail\n  link:  ";
    }
    // Byte for byte: what is secret goes through no string of ours.
    const auto link = printed.link.reveal();
    out.write(link.data(), static_cast<std::streamsize>(link.size()));
    out << "\n";
    check_output(stage.env);
}

}  // namespace

void refuse_beside_print(const std::string& option, const IssueOptions& options, const std::string& via) {
    const auto refuse = [&](bool wrong, const std::string& what, const char* hint) {
        if (wrong) throw usage_error(what + " does not go with '" + option + "'", hint);
    };
    refuse(options.identities.size() > 1, "more than one identity", "a link is printed for one account at a time");
    refuse(options.queue, "'--queue'", "a link that is printed is not left to others");
    refuse(options.override_protected, "'--override-protected'", "no link of a protected account is ever printed");
    refuse(!via.empty() && via != "link", "'--via " + via + "'", "leave it out");
    refuse(options.channel == "sms", "'--channel sms'", "the account is told by mail: leave it out");
}

void run_print_link(Stage& stage, const IssueOptions& options) {
    require_both_grounds("--print-link", stage.common);
    if (!stage.for_people())
        throw usage_error("'--output' does not go with '--print-link'", "a link is for the terminal, not for programs");
    require_terminal(stage);
    const IssueRequest request = request_of(stage, options);
    const PrintedLink printed = print_link(*stage.context, request);
    if (request.dry_run) return answer_issued(stage, request, {printed.told});
    try {
        show(stage, printed);
    } catch (const Error&) {
        take_back(*stage.context, printed, request.grounds);
        throw;
    }
}

void run_approve_link(Stage& stage, const IssueOptions& options) {
    require_both_grounds("--approve-link", stage.common);
    if (stage.common.dry_run) throw usage_error("--dry-run means nothing here", "an approval is given, or it is not");
    const auto approval = approve_link(*stage.context, options.identities.front(), stage.common.grounds);
    const Json json{{"identity", options.identities.front()},
                    {"success", true},
                    {"account", approval.account},
                    {"approved_until", rfc3339(approval.until)}};
    if (stage.common.format == Format::json)
        return print_success(stage.env, {{"results", Json::array({json})}}, stage.trace_id);
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "results",
                        {{"identity", ""}, {"account", ""}, {"approved_until", ""}}, stage.trace_id);
        listing.row({options.identities.front(), approval.account, approval.until});
        return listing.finish();
    }
    if (stage.common.quiet) return;
    stage.env.out << "approved  id:" << printable(approval.account) << "  one link, until " << rfc3339(approval.until)
                  << "\n";
}

}  // namespace pwreset
