#include <CLI/CLI.hpp>

#include "cmd/command.h"
#include "cmd/issue_options.h"

namespace pwreset {

namespace {

struct RequestOptions {
    IssueOptions issue;
    std::string via;  ///< as given; empty = by what the identity is
};

std::optional<Kind> kind_of_via(const std::string& via) {
    if (via.empty()) return {};
    if (via == "password") return Kind::temporary_password;
    return via == "code" ? Kind::reset_otp : Kind::link;
}

}  // namespace

Command request_command(CLI::App& parent) {
    auto options = std::make_shared<RequestOptions>();
    auto* app = parent.add_subcommand("request", "send a reset: a link to a stored address, a code to a stored number");
    bind_issue_options(*app, options->issue);
    app->add_option("--via", options->via, "link, code or password (a temporary one), instead of what the identity is")
        ->check(CLI::IsMember({"link", "code", "password"}).description(""))
        ->type_name("WHAT");
    Command command{app, Needs::database, {Capability::support}};
    command.further = [options] { return capabilities_of(options->issue); };
    command.run = [options](Stage& stage) { run_issue(stage, options->issue, "request", kind_of_via(options->via)); };
    return command;
}

}  // namespace pwreset
