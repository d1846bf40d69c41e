#include <ostream>

#include "cmd/command.h"
#include "src/audit/head.h"
#include "src/audit/seal.h"
#include "src/base/encoding.h"

namespace pwreset {

namespace {

void run_audit_head(Stage& stage) {
    auto& context = *stage.context;
    if (!stage.common.dry_run) seal(context, std::chrono::seconds(30));
    const Link head = chain_head(context);
    const std::string& app = context.config.application;
    if (stage.for_people()) {
        stage.env.out << head_line(app, head) << "\n";
    } else if (stage.common.format == Format::json) {
        print_success(stage.env, {{"application", app}, {"seq", head.seq}, {"mac", hex(head.mac)}}, stage.trace_id);
    } else {
        Listing listing(stage.env, stage.common.format, "heads", {{"application", ""}, {"seq", ""}, {"mac", ""}},
                        stage.trace_id);
        listing.row({app, head.seq, hex(head.mac)});
        listing.finish();
    }
}

}  // namespace

Command audit_head_command(CommandLine& audit) {
    auto& line = audit.command("head", "print where the audit trail ends, to be kept elsewhere");
    return {&line, Needs::database, {Capability::audit}, run_audit_head};
}

}  // namespace pwreset
