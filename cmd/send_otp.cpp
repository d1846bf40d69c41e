#include "cmd/command.h"
#include "cmd/issue_options.h"

namespace pwreset {

namespace {

struct SendOtpOptions {
    IssueOptions issue;
    std::string purpose = "reset";
};

void run_send_otp(const SendOtpOptions& options, Stage& stage) {
    require_issuing(stage);
    run_issue(stage, options.issue, "send-otp", options.purpose == "caller" ? Kind::verify_caller : Kind::reset_otp);
}

}  // namespace

Command send_otp_command(CommandLine& parent) {
    auto options = std::make_shared<SendOtpOptions>();
    auto& line = parent.command("send-otp", "send a one-time code to an account's stored address or number");
    bind_issue_options(line, options->issue);
    line.choice("--for", options->purpose, "PURPOSE", {"reset", "caller"},
                "reset: entered in the application; caller: told to you, resets nothing");
    line.check([options] {
        check_issue_options(options->issue);
        if (options->issue.bulk.given() && options->purpose == "caller")
            throw usage_error("'--for caller' does not go with a job", "such a code is for somebody who is calling");
    });
    Command command{&line, Needs::database, {Capability::support}};
    command.further = [options] { return capabilities_of(options->issue); };
    command.run = [options](Stage& stage) { run_send_otp(*options, stage); };
    return command;
}

}  // namespace pwreset
