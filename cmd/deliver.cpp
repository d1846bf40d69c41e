#include <CLI/CLI.hpp>
#include <ostream>

#include "cmd/command.h"
#include "cmd/output/progress.h"
#include "db/deliveries.h"
#include "src/delivery/worker.h"

namespace pwreset {

namespace {

void answer(Stage& stage, const Pass& pass, const db::Backlog& left) {
    const Json data{{"sent", pass.sent},
                    {"failed", pass.failed},
                    {"deferred", pass.deferred},
                    {"dropped", pass.dropped},
                    {"taken_back", pass.taken_back},
                    {"due", left.due},
                    {"waiting", left.waiting},
                    {"next_at", left.next ? Json(rfc3339(*left.next)) : Json(nullptr)}};
    if (stage.common.format == Format::json) return print_success(stage.env, data, stage.trace_id);
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "results",
                        {{"sent", ""}, {"failed", ""}, {"deferred", ""}, {"dropped", ""}}, stage.trace_id);
        listing.row({pass.sent, pass.failed, pass.deferred, pass.dropped});
        return listing.finish();
    }
    if (stage.common.quiet) return;
    stage.env.out << pass.sent << " sent, " << pass.failed << " failed, " << pass.deferred << " deferred, "
                  << pass.dropped << " dropped";
    if (pass.taken_back > 0) stage.env.out << "; " << pass.taken_back << " taken back from workers that died";
    if (left.due + left.waiting > 0) stage.env.out << "; " << left.due + left.waiting << " still queued";
    if (left.next) stage.env.out << ", the next from " << rfc3339(*left.next) << " on";
    stage.env.out << "\n";
}

void run_deliver(Stage& stage) {
    auto& context = *stage.context;
    const std::string& app = context.config.application;
    Pass pass;
    if (!stage.common.dry_run) {
        Progress progress(stage.env, "delivering", stage.common.quiet);
        Worker worker(context);
        const auto total = db::backlog(context.session, app).due;
        pass = worker.pass([&](std::int64_t done) { progress.update(done, std::max(total, done)); });
    }
    answer(stage, pass, db::backlog(context.session, app));
}

}  // namespace

Command deliver_command(CLI::App& parent) {
    auto* app = parent.add_subcommand("deliver", "send what is queued and due, once");
    return {app, Needs::database, {Capability::maintain}, run_deliver};
}

}  // namespace pwreset
