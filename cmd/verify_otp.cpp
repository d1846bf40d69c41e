#include <istream>
#include <ostream>

#include "cmd/command.h"
#include "src/audit/restored.h"
#include "src/base/printable.h"
#include "src/recovery/verify.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

struct VerifyOptions {
    std::string identity;
};

/// The code, from a prompt or from standard input: never from the command line, where everybody on the machine reads
/// it.
Secret read_code(Stage& stage) {
    const auto line = stage.env.ask("code the caller reads out: ", false);
    Secret code = normalised_code(line.value_or(""));
    if (code.empty())
        throw invalid_input("what was entered is not a code of six digits", "ask the caller to read it again");
    return code;
}

void run_verify_otp(const VerifyOptions& options, Stage& stage) {
    const Secret code = read_code(stage);
    if (stage.common.dry_run) throw usage_error("--dry-run means nothing here", "a try is counted, or it is none");
    require_current_tables(*stage.context);  // a code that was used would be good again
    const auto result = verify_caller(*stage.context, options.identity, code, stage.common.grounds.ticket);
    const Json json{
        {"verified", true}, {"account", result.account}, {"verified_until", rfc3339(result.verified_until)}};
    if (stage.common.format == Format::json) return print_success(stage.env, json, stage.trace_id);
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "results",
                        {{"verified", ""}, {"account", ""}, {"verified_until", ""}}, stage.trace_id);
        listing.row({true, result.account, result.verified_until});
        return listing.finish();
    }
    if (stage.common.quiet) return;
    stage.env.out << "verified  id:" << printable(result.account) << "  for 15 min, until "
                  << rfc3339(result.verified_until) << "\n";
}

}  // namespace

Command verify_otp_command(CommandLine& parent) {
    auto options = std::make_shared<VerifyOptions>();
    auto& line = parent.command("verify-otp", "check the code a caller reads out, from a prompt or standard input");
    line.argument("IDENTITY", options->identity, Presence::required, "an e-mail address, id:42 or login:bob");
    return {
        &line, Needs::database, {Capability::support}, [options](Stage& stage) { run_verify_otp(*options, stage); }};
}

}  // namespace pwreset
