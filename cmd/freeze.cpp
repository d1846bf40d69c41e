#include "src/queue/freeze.h"

#include <ostream>

#include "cmd/command.h"
#include "src/audit/restored.h"

namespace pwreset {

namespace {

/// What is printed of one of the two commands: whether issuing is frozen now, and whether it did that.
void answer(Stage& stage, bool frozen, bool changed) {
    const bool dry = stage.common.dry_run;
    if (stage.common.format == Format::json) {
        return print_success(stage.env, {{"frozen", frozen}, {"changed", changed}}, stage.trace_id);
    }
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "freezes", {{"frozen", ""}, {"changed", ""}}, stage.trace_id);
        listing.row({frozen, changed});
        return listing.finish();
    }
    if (stage.common.quiet) return;
    if (!changed) {
        stage.env.out << (frozen ? "issuing is frozen already\n" : "issuing is not frozen\n");
    } else if (frozen) {
        stage.env.out << (dry ? "issuing would be frozen" : "issuing is frozen") << " on every host of '"
                      << stage.config->application << "'\n";
    } else {
        stage.env.out << (dry ? "issuing would go on" : "issuing goes on; what is queued is due at once") << "\n";
    }
}

void run_freeze(Stage& stage) {
    auto& context = *stage.context;
    const bool there = why_frozen(context.session, context.config.application).has_value();
    answer(stage, true, stage.common.dry_run ? !there : freeze(context, stage.common.grounds));
}

void run_unfreeze(Stage& stage) {
    auto& context = *stage.context;
    const bool there = why_frozen(context.session, context.config.application).has_value();
    answer(stage, false, stage.common.dry_run ? there : unfreeze(context, stage.common.grounds));
}

}  // namespace

void require_issuing(Stage& stage) {
    require_current_tables(*stage.context);
    require_unfrozen(*stage.context);
}

Command freeze_command(CommandLine& parent) {
    auto& line = parent.command("freeze", "stop issuing and sending, on every host, until it is unfrozen");
    return {&line, Needs::database, {Capability::freeze}, run_freeze};
}

Command unfreeze_command(CommandLine& parent) {
    auto& line = parent.command("unfreeze", "let issuing and sending go on after a freeze");
    return {&line, Needs::database, {Capability::unfreeze}, run_unfreeze};
}

}  // namespace pwreset
