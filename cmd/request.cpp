#include "cmd/command.h"
#include "cmd/issue_options.h"
#include "cmd/request_print.h"
#include "cmd/request_public.h"
#include "src/audit/restored.h"

namespace pwreset {

namespace {

struct RequestOptions {
    IssueOptions issue;
    std::string via;  ///< as given; empty = by what the identity is
    bool from_public = false;
    bool print_link = false;
    bool approve_link = false;
};

std::optional<Kind> kind_of_via(const std::string& via) {
    if (via.empty()) return {};
    if (via == "password") return Kind::temporary_password;
    return via == "code" ? Kind::reset_otp : Kind::link;
}

/// A web back end needs `web` and nothing else: it is nobody's agent.
std::vector<Capability> capabilities_of(const RequestOptions& options) {
    if (options.from_public) return {Capability::web};
    if (options.approve_link) return {Capability::approve};
    auto wanted = capabilities_of(options.issue);
    wanted.insert(wanted.begin(), Capability::support);
    if (options.print_link) wanted.push_back(Capability::print_link);
    return wanted;
}

void refuse_beside_job(const RequestOptions& options) {
    if (options.via == "password")
        throw usage_error("'--via password' does not go with a job", "a temporary password is sent to one at a time");
    if (options.print_link || options.approve_link)
        throw usage_error("a link is printed for one account at a time", "name it alone");
}

void check_options(const RequestOptions& options, const CommandLine& line) {
    if (options.from_public) return refuse_beside_public(line);
    check_issue_options(options.issue);
    if (options.issue.bulk.given()) refuse_beside_job(options);
    if (options.print_link && options.approve_link) {
        throw usage_error("'--approve-link' does not go with '--print-link'",
                          "it takes two operators: one approves, the other prints");
    }
    if (options.print_link) refuse_beside_print("--print-link", options.issue, options.via);
    if (options.approve_link) refuse_beside_print("--approve-link", options.issue, options.via);
}

}  // namespace

Command request_command(CommandLine& parent) {
    auto options = std::make_shared<RequestOptions>();
    auto& line = parent.command("request", "send a reset: a link to a stored address, a code to a stored number");
    bind_issue_options(line, options->issue);
    line.choice("--via", options->via, "WHAT", {"link", "code", "password"},
                "link, code or password (a temporary one), instead of what the identity is");
    line.flag("--public", options->from_public, "for web back ends: one JSON object on standard input, nothing else");
    line.flag("--print-link", options->print_link,
              "show the link on this terminal, for a caller who gets no mail; needs --ticket and --reason");
    line.flag("--approve-link", options->approve_link,
              "as a second operator: let another one print a link for this account and ticket");
    line.check([&line, options] { check_options(*options, line); });
    Command command{&line, Needs::database};
    command.further = [options] { return capabilities_of(*options); };
    command.run = [options](Stage& stage) {
        if (options->from_public) {
            require_new_ids(*stage.context);
            return run_request_public(stage);
        }
        require_issuing(stage);
        if (options->print_link) return run_print_link(stage, options->issue);
        if (options->approve_link) return run_approve_link(stage, options->issue);
        run_issue(stage, options->issue, "request", kind_of_via(options->via));
    };
    return command;
}

}  // namespace pwreset
