#include <ostream>

#include "cmd/command.h"
#include "cmd/deliver_status.h"
#include "cmd/output/progress.h"
#include "db/own/deliveries.h"
#include "db/own/intake.h"
#include "src/audit/restored.h"
#include "src/base/caller.h"
#include "src/base/printable.h"
#include "src/delivery/metrics.h"
#include "src/delivery/worker.h"
#include "src/jobs/release.h"
#include "src/queue/freeze.h"
#include "src/queue/notices.h"
#include "src/recovery/intake.h"
#include "src/watch/totals.h"
#include "src/watch/watch.h"

namespace pwreset {

namespace {

/// A field of the answer for programs, in each format.
struct PassField {
    const char* name;
    std::optional<std::int64_t> number;
};

std::vector<PassField> pass_fields(const Pass& pass, const std::optional<db::Backlog>& left) {
    const auto of_queue = [&](std::int64_t db::Backlog::*member) {
        return left ? std::optional((*left).*member) : std::nullopt;
    };
    return {{"sent", pass.sent},
            {"failed", pass.failed},
            {"deferred", pass.deferred},
            {"dropped", pass.dropped},
            {"taken_back", pass.taken_back},
            {"in_doubt", pass.in_doubt},
            {"due", of_queue(&db::Backlog::due)},
            {"waiting", of_queue(&db::Backlog::waiting)},
            {"requests", of_queue(&db::Backlog::requests)}};
}

void answer_in_a_row(Stage& stage, const std::vector<PassField>& fields, const std::optional<Time>& next_at) {
    std::vector<Column> columns;
    std::vector<Cell> cells;
    for (const auto& [name, number] : fields) {
        columns.push_back({name, ""});
        cells.push_back(number ? Cell(*number) : Cell());
    }
    columns.push_back({"next_at", ""});
    cells.push_back(next_at ? Cell(*next_at) : Cell());
    Listing listing(stage.env, stage.common.format, "results", columns, stage.trace_id);
    listing.row(cells);
    listing.finish();
}

/// `left` is nothing where the database could not be asked.
void answer(Stage& stage, const Pass& pass, const std::optional<db::Backlog>& left) {
    const auto fields = pass_fields(pass, left);
    const auto next_at = left ? left->next : std::nullopt;
    if (stage.common.format == Format::json) {
        Json data;
        for (const auto& [name, number] : fields) data[name] = number ? Json(*number) : Json(nullptr);
        data["next_at"] = next_at ? Json(rfc3339(*next_at)) : Json(nullptr);
        return print_success(stage.env, data, stage.trace_id);
    }
    if (!stage.for_people()) return answer_in_a_row(stage, fields, next_at);
    if (stage.common.quiet) return;
    stage.env.out << in_words(pass);
    if (left && left->due + left->waiting > 0) stage.env.out << "; " << left->due + left->waiting << " still queued";
    if (left && left->requests > 0) stage.env.out << "; requests of web back ends waiting: " << left->requests;
    if (left && left->next) stage.env.out << ", the next from " << rfc3339(*left->next) << " on";
    stage.env.out << "\n";
}

/// The log of a service, on standard error. The journal has times of its own; a terminal is given them.
ServiceLog service_log(const Stage& stage) {
    auto& env = stage.env;
    const auto say = [&env](const std::string& line) {
        if (env.terminal.err) env.err << local_text(env.clock()) << "  ";
        env.err << printable(line) << std::endl;
    };
    const auto nothing = [](const std::string&) {};
    return {stage.common.quiet ? std::function<void(const std::string&)>(nothing) : say, say};
}

struct DeliverOptions {
    bool watch = false;
    bool status = false;
    std::optional<std::string> metrics_file;
};

/// With the rights of another the caller would choose which of that one's files is replaced.
void refuse_file_for_another(const DeliverOptions& options, const Stage& stage) {
    if (options.metrics_file && acts_for_another(stage.env))
        throw forbidden("a file is not written for somebody else",
                        "let the service write it: pwreset-deliver@.service");
}

void check_options(const DeliverOptions& options) {
    if (options.status && (options.watch || options.metrics_file))
        throw usage_error("--status only looks", "leave out --watch and --metrics-file");
    if (options.metrics_file && options.metrics_file->empty())
        throw usage_error("--metrics-file names no file", "write --metrics-file FILE");
}

void run_watch(Stage& stage, const DeliverOptions& options) {
    if (stage.common.dry_run) {
        throw usage_error("--dry-run does not go with --watch", "'pwreset deliver --dry-run' counts the queue");
    }
    auto& context = *stage.context;
    const Pass pass = watch(context, service_log(stage), {.feed = feed_from_jobs, .metrics = options.metrics_file});
    std::optional<db::Backlog> left;
    fault_of([&] { left = db::backlog(context.session, context.config.application); });
    answer(stage, pass, left);
}

/// First, because they become deliveries. Another worker may be at it too: then what it took is its own to send.
void work_off_requests(Context& context) {
    constexpr int batch = 50;
    while (work_off_intake(context, batch).moved() > 0) {
    }
}

void run_once(Stage& stage, const DeliverOptions& options) {
    auto& context = *stage.context;
    const std::string& app = context.config.application;
    Pass pass;
    if (!stage.common.dry_run) {
        work_off_requests(context);
        Progress progress(stage.env, "delivering", stage.common.quiet);
        Worker worker(context, {}, feed_from_jobs(context));
        Notices(context).look_once();
        const auto total = db::backlog(context.session, app).due;
        pass = worker.pass([&](std::int64_t done) { progress.update(done, std::max(total, done)); });
        if (options.metrics_file) write_metrics(*options.metrics_file, metrics_text(context, pass));
        require_unfrozen(context);  // what is over was taken back all the same
    }
    answer(stage, pass, db::backlog(context.session, app));
}

}  // namespace

Command deliver_command(CommandLine& parent) {
    auto options = std::make_shared<DeliverOptions>();
    auto& line = parent.command("deliver", "send what is queued and due: once, or as a service");
    line.flag("--watch", options->watch, "go on and wait for more, until SIGTERM or SIGINT");
    line.flag("--status", options->status, "only tell what waits, who has it in hand, and what keeps it there");
    line.text("--metrics-file", options->metrics_file, "FILE",
              "write what a Prometheus collector reads, every few seconds");
    line.check([options] { check_options(*options); });
    return {&line, Needs::database, {Capability::maintain}, [options](Stage& stage) {
                if (options->status) return run_deliver_status(stage);
                refuse_file_for_another(*options, stage);
                require_current_tables(*stage.context);
                return options->watch ? run_watch(stage, *options) : run_once(stage, *options);
            }};
}

}  // namespace pwreset
