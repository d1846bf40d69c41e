#include <CLI/CLI.hpp>

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

Command request_command(CLI::App& parent) {
    auto options = std::make_shared<RequestOptions>();
    auto* app = parent.add_subcommand("request", "send a reset: a link to a stored address, a code to a stored number");
    bind_issue_options(*app, options->issue);
    app->add_option("--via", options->via, "link, code or password (a temporary one), instead of what the identity is")
        ->check(CLI::IsMember({"link", "code", "password"}).description(""))
        ->type_name("WHAT");
    app->add_flag("--public", options->from_public,
                  "for web back ends: one JSON object on standard input, nothing else");
    app->get_option("IDENTITY")->required(false);
    app->final_callback([app, options] {
        if (options->from_public) return refuse_beside_public(*app);
        if (options->issue.identities.empty()) throw CLI::RequiredError("IDENTITY");
    });
    Command command{app, Needs::database};
    command.further = [options] { return capabilities_of(*options); };
    command.run = [options](Stage& stage) {
        if (options->from_public) return run_request_public(stage);
        run_issue(stage, options->issue, "request", kind_of_via(options->via));
    };
    return command;
}

}  // namespace pwreset
