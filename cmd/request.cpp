#include "cmd/command.h"
#include "cmd/issue_options.h"
#include "cmd/request_public.h"

namespace pwreset {

namespace {

struct RequestOptions {
    IssueOptions issue;
    std::string via;  ///< as given; empty = by what the identity is
    bool from_public = false;
};

std::optional<Kind> kind_of_via(const std::string& via) {
    if (via.empty()) return {};
    if (via == "password") return Kind::temporary_password;
    return via == "code" ? Kind::reset_otp : Kind::link;
}

/// A web back end needs `web` and nothing else: it is nobody's agent.
std::vector<Capability> capabilities_of(const RequestOptions& options) {
    if (options.from_public) return {Capability::web};
    auto wanted = capabilities_of(options.issue);
    wanted.insert(wanted.begin(), Capability::support);
    return wanted;
}

}  // namespace

Command request_command(CommandLine& parent) {
    auto options = std::make_shared<RequestOptions>();
    auto& line = parent.command("request", "send a reset: a link to a stored address, a code to a stored number");
    bind_issue_options(line, options->issue, Presence::optional);
    line.choice("--via", options->via, "WHAT", {"link", "code", "password"},
                "link, code or password (a temporary one), instead of what the identity is");
    line.flag("--public", options->from_public, "for web back ends: one JSON object on standard input, nothing else");
    line.check([&line, options] {
        if (options->from_public) return refuse_beside_public(line);
        if (options->issue.identities.empty()) refuse_missing("IDENTITY");
    });
    Command command{&line, Needs::database};
    command.further = [options] { return capabilities_of(*options); };
    command.run = [options](Stage& stage) {
        if (options->from_public) return run_request_public(stage);
        run_issue(stage, options->issue, "request", kind_of_via(options->via));
    };
    return command;
}

}  // namespace pwreset
