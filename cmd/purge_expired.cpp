#include <ostream>

#include "cmd/command.h"
#include "cmd/digest_answer.h"
#include "cmd/output/progress.h"
#include "src/base/printable.h"
#include "src/upkeep/purge.h"

namespace pwreset {

namespace {

struct PurgeOptions {
    std::optional<std::string> older_than;
    std::optional<std::string> max_time;
    bool digest = false;
};

std::optional<Seconds> span_of(const std::string& option, const std::optional<std::string>& text) {
    if (!text) return {};
    if (const auto span = parse_duration(*text)) return span;
    throw usage_error("'" + printable(*text) + "' after " + option + " is no span of time", "write 90s, 5m, 2h or 30d");
}

Json json_of(const PurgeResult& result, bool dry_run) {
    Json data{{"busy", result.busy},
              {"complete", result.complete},
              {"dry_run", dry_run},
              {"codes_erased", result.codes_erased},
              {"passwords_voided", result.passwords_voided},
              {"forfeited", result.forfeited}};
    for (const auto& [name, count] : result.deleted) data[name] = count;
    data["audit_faults"] = result.audit_faults;
    data["kept"] = Json::array();
    for (const auto& kept : result.kept) {
        data["kept"].push_back({{"table", kept.table},
                                {"rows", kept.rows},
                                {"more", kept.more},
                                {"message", kept.message},
                                {"hint", kept.hint}});
    }
    return data;
}

/// The exit status of a purge that could not do all it should.
void fail_for_kept(const PurgeResult& result, Json data) {
    if (result.kept.empty()) return;
    std::string words;
    for (const auto& kept : result.kept) words += (words.empty() ? "" : "; ") + in_words(kept);
    throw CommandFailure(
        Error(Exit::failed, "PARTIAL_FAILURE", "not all was purged: " + words, result.kept.front().hint),
        std::move(data));
}

void answer(Stage& stage, const PurgeResult& result) {
    if (stage.common.format == Format::json) {
        const Json data = json_of(result, stage.common.dry_run);
        fail_for_kept(result, data);
        return print_success(stage.env, data, stage.trace_id);
    }
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "tables", {{"table", ""}, {"deleted", ""}}, stage.trace_id);
        for (const auto& [name, count] : result.deleted) listing.row({name, count});
        return listing.finish();
    }
    if (result.busy && !stage.common.quiet) stage.env.err << "another purge is at work: nothing done here\n";
    if (result.busy || stage.common.quiet) return;
    stage.env.out << (stage.common.dry_run ? "would purge" : "purged");
    for (const auto& [name, count] : result.deleted) stage.env.out << "  " << count << " " << name;
    stage.env.out << "  (" << result.codes_erased << " codes erased";
    if (result.passwords_voided > 0) stage.env.out << ", " << result.passwords_voided << " temporary passwords void";
    if (result.forfeited > 0) stage.env.out << ", " << result.forfeited << " live tokens ended";
    stage.env.out << ")" << (result.complete ? "" : "  out of time: run it again") << "\n";
}

void run_purge_expired(const PurgeOptions& options, Stage& stage) {
    PurgeRequest request;
    request.older_than = span_of("--older-than", options.older_than);
    request.max_time = span_of("--max-time", options.max_time);
    request.dry_run = stage.common.dry_run;
    const bool rows = stage.common.format == Format::ndjson || stage.common.format == Format::csv;
    if (options.digest && rows) throw usage_error("--digest has no rows", "leave out --output, or say json");
    Unsealed unsealed;
    if (options.digest) unsealed = look_at_unsealed(*stage.context, [](std::int64_t) {});
    Progress progress(stage.env, "purging", stage.common.quiet);
    const auto result =
        purge(*stage.context, request, [&](const std::string&, std::int64_t count) { progress.update(count); });
    progress.clear();
    if (result.audit_faults > 0) {
        stage.env.err << "the audit rows that were purged had been tampered with (" << result.audit_faults
                      << " faults): the audit trail says so\n";
    }
    if (!options.digest) {
        answer(stage, result);
        return fail_for_kept(result, {});
    }
    const auto digest = collect_digest(*stage.context, unsealed, stage.common.dry_run);
    if (stage.for_people()) {
        print_digest(stage, result, digest);
        return fail_for_kept(result, {});
    }
    Json data = json_of(result, stage.common.dry_run);
    data["digest"] = json_of(digest);
    fail_for_kept(result, data);
    print_success(stage.env, data, stage.trace_id);
}

}  // namespace

Command purge_expired_command(CommandLine& parent) {
    auto options = std::make_shared<PurgeOptions>();
    auto& line = parent.command("purge-expired", "delete what is past its retention, in short batches; for cron");
    line.text("--older-than", options->older_than, "SPAN",
              "purge tokens that expired longer ago than this, such as 7d");
    line.text("--max-time", options->max_time, "SPAN", "stop after this long, such as 5m");
    line.flag("--digest", options->digest, "print five lines for the nightly mail");
    return {&line, Needs::database, {Capability::maintain}, [options](Stage& stage) {
                run_purge_expired(*options, stage);
            }};
}

}  // namespace pwreset
