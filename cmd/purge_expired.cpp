#include <CLI/CLI.hpp>
#include <ostream>

#include "cmd/command.h"
#include "cmd/output/progress.h"
#include "src/base/printable.h"
#include "src/recovery/purge.h"

namespace pwreset {

namespace {

struct PurgeOptions {
    std::optional<std::string> older_than;
    std::optional<std::string> max_time;
};

std::optional<Seconds> span_of(const std::string& option, const std::optional<std::string>& text) {
    if (!text) return {};
    if (const auto span = parse_duration(*text)) return span;
    throw usage_error("'" + printable(*text) + "' after " + option + " is no span of time", "write 90s, 5m, 2h or 30d");
}

void answer(Stage& stage, const PurgeResult& result) {
    Json data{{"busy", result.busy},
              {"complete", result.complete},
              {"dry_run", stage.common.dry_run},
              {"codes_erased", result.codes_erased}};
    for (const auto& [name, count] : result.deleted) data[name] = count;
    if (stage.common.format == Format::json) return print_success(stage.env, data, stage.trace_id);
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "tables", {{"table", ""}, {"deleted", ""}}, stage.trace_id);
        for (const auto& [name, count] : result.deleted) listing.row({name, count});
        return listing.finish();
    }
    if (result.busy && !stage.common.quiet) stage.env.err << "another purge is at work: nothing done here\n";
    if (result.busy || stage.common.quiet) return;
    stage.env.out << (stage.common.dry_run ? "would purge" : "purged");
    for (const auto& [name, count] : result.deleted) stage.env.out << "  " << count << " " << name;
    stage.env.out << "  (" << result.codes_erased << " codes erased)"
                  << (result.complete ? "" : "  out of time: run it again") << "\n";
}

void run_purge_expired(const PurgeOptions& options, Stage& stage) {
    PurgeRequest request;
    request.older_than = span_of("--older-than", options.older_than);
    request.max_time = span_of("--max-time", options.max_time);
    request.dry_run = stage.common.dry_run;
    Progress progress(stage.env, "purging", stage.common.quiet);
    const auto result =
        purge(*stage.context, request, [&](const std::string&, std::int64_t count) { progress.update(count); });
    progress.clear();
    answer(stage, result);
}

}  // namespace

Command purge_expired_command(CLI::App& parent) {
    auto options = std::make_shared<PurgeOptions>();
    auto* app = parent.add_subcommand("purge-expired", "delete what is past its retention, in short batches; for cron");
    app->add_option("--older-than", options->older_than, "purge tokens that expired longer ago than this, such as 7d")
        ->type_name("SPAN");
    app->add_option("--max-time", options->max_time, "stop after this long, such as 5m")->type_name("SPAN");
    return {
        app, Needs::database, {Capability::maintain}, [options](Stage& stage) { run_purge_expired(*options, stage); }};
}

}  // namespace pwreset
