#include <algorithm>
#include <ostream>

#include "cmd/bulk.h"
#include "cmd/command.h"
#include "cmd/hints.h"
#include "cmd/since.h"
#include "src/base/printable.h"
#include "src/recovery/revoke_issued.h"

namespace pwreset {

namespace {

struct RevokeOptions {
    std::vector<std::string> targets;
    bool all = false;
    std::optional<std::int64_t> expect;
    std::optional<std::string> operator_name;
    std::optional<std::string> since;
    std::string from_file;
};

Json result_json(const RevokeResult& result) {
    Json json{{"target", result.target},
              {"success", !result.failure},
              {"tokens", result.tokens},
              {"deliveries", result.deliveries},
              {"passwords", result.passwords}};
    if (result.account) json["account"] = *result.account;
    if (!result.failure) return json;
    json["code"] = result.failure->code;
    json["message"] = result.failure->message;
    return json;
}

void print_rows(Stage& stage, const std::vector<RevokeResult>& results) {
    Listing listing(stage.env, stage.common.format, "results",
                    {{"target", ""}, {"tokens", ""}, {"deliveries", ""}, {"passwords", ""}, {"code", ""}},
                    stage.trace_id);
    for (const auto& result : results) {
        listing.row({result.target, result.tokens, result.deliveries, result.passwords,
                     result.failure ? Cell(result.failure->code) : Cell()});
    }
    listing.finish();
}

void print_for_people(Stage& stage, const std::vector<RevokeResult>& results) {
    for (const auto& result : results) {
        if (result.failure && results.size() > 1) {
            stage.env.out << "failed   " << printable(result.target) << ": " << printable(result.failure->message)
                          << "\n";
        }
        if (result.failure || stage.common.quiet) continue;
        stage.env.out << (stage.common.dry_run ? "would revoke  " : "revoked  ") << printable(result.target) << "  "
                      << (result.account ? "id:" + printable(*result.account) + "  " : "") << result.tokens
                      << " live tokens, " << result.deliveries << " open deliveries"
                      << (result.passwords > 0 ? ", " + std::to_string(result.passwords) + " temporary passwords" : "")
                      << (result.moved ? ", and any link that the application itself mailed" : "") << "\n";
    }
}

void answer(Stage& stage, const std::vector<RevokeResult>& results) {
    Json data{{"results", Json::array()}};
    for (const auto& result : results) data["results"].push_back(result_json(result));
    const auto failures =
        std::count_if(results.begin(), results.end(), [](const auto& result) { return result.failure; });
    if (stage.for_people()) print_for_people(stage, results);
    if (stage.common.format == Format::json && failures == 0) print_success(stage.env, data, stage.trace_id);
    if (stage.common.format == Format::ndjson || stage.common.format == Format::csv) print_rows(stage, results);
    if (failures == 0) return;
    if (results.size() == 1) throw *results.front().failure;
    throw CommandFailure(Error(Exit::failed, "PARTIAL_FAILURE",
                               std::to_string(failures) + " of " + std::to_string(results.size()) + " failed"),
                         std::move(data));
}

/// `--all` ends every token there is, so the number has to be given or typed.
std::int64_t agreed_count(const RevokeOptions& options, Stage& stage) {
    const auto found = count_all(*stage.context);
    const std::int64_t count = found.tokens + found.deliveries;
    if (options.expect && stage.common.yes) return *options.expect;
    if (!stage.env.terminal.in || options.expect || stage.common.yes) {
        throw usage_error("--all needs both --yes and --expect N", "there are " + std::to_string(count) + " now");
    }
    stage.env.err << found.tokens << " live tokens and " << found.deliveries << " open deliveries would be revoked\n";
    const auto typed = stage.env.ask("type the sum (" + std::to_string(count) + ") to go on: ", false);
    if (typed && *typed == std::to_string(count)) return count;
    throw Error(Exit::forbidden, "CANCELLED", "nothing was revoked", "the number was not typed");
}

RevokeResult revoke_one(const std::string& target, Stage& stage) {
    try {
        return revoke(*stage.context, target, stage.common.grounds, stage.common.dry_run);
    } catch (const Error& error) {
        if (error.exit == Exit::unavailable || error.exit == Exit::config || error.exit == Exit::internal) throw;
        RevokeResult failed;
        failed.target = target;
        failed.failure = error;
        return failed;
    }
}

/// What one operator issued, each delivery by itself; what was used before is told.
std::vector<RevokeResult> revoke_of_operator(const RevokeOptions& options, Stage& stage) {
    auto& context = *stage.context;
    const auto since = parse_moment("--since", options.since, context.session.now());
    auto done = revoke_issued(context, {*options.operator_name, *since}, stage.common.grounds, stage.common.dry_run);
    if (done.used > 0) {
        warn(stage,
             std::to_string(done.used) + (done.used == 1 ? " token" : " tokens") +
                 " of the same operator and time had been used before",
             "'pwreset list-tokens --operator NAME --state used' lists them");
    }
    return std::move(done.results);
}

void check_options(const RevokeOptions& options) {
    const int ways = int{options.all} + int{!options.targets.empty()} + int{options.operator_name.has_value()} +
                     int{!options.from_file.empty()};
    if (ways == 0)
        throw usage_error("nothing to revoke is named",
                          "name identities or ref:REFERENCE, or give --all or --operator");
    if (ways > 1)
        throw usage_error("--all, --operator, --from-file and identities exclude each other",
                          "name identities or ref:REFERENCE, or give --all or --operator");
    if (options.operator_name.has_value() != options.since.has_value())
        throw usage_error("--operator and --since go together", "write --operator NAME --since 2h");
}

void run_revoke(const RevokeOptions& options, Stage& stage) {
    check_options(options);
    if (!options.from_file.empty()) {
        BulkOptions bulk;
        bulk.from_file = options.from_file;
        bulk.expect = options.expect;
        return run_bulk_revoke(stage, bulk);
    }
    if (options.operator_name) return answer(stage, revoke_of_operator(options, stage));
    std::vector<RevokeResult> results;
    if (options.all) {
        results.push_back(stage.common.dry_run
                              ? count_all(*stage.context)
                              : revoke_all(*stage.context, agreed_count(options, stage), stage.common.grounds));
    }
    for (const auto& target : options.targets) results.push_back(revoke_one(target, stage));
    answer(stage, results);
}

}  // namespace

Command revoke_command(CommandLine& parent) {
    auto options = std::make_shared<RevokeOptions>();
    auto& line = parent.command("revoke", "make live tokens void and cancel queued deliveries");
    line.arguments("TARGET", options->targets, Presence::optional, "an identity, or ref:REFERENCE of one delivery");
    line.flag("--all", options->all, "every live token and open delivery of the application");
    line.number("--expect", options->expect, "N", "with --all or --from-file, and --yes: how many there must be");
    line.text("--from-file", options->from_file, "FILE",
              "the users of a file: CSV with a header, or one identity a line; - is standard input");
    line.text("--operator", options->operator_name, "NAME", "what this operator issued, with --since");
    line.text("--since", options->since, "WHEN",
              "issued at or after: a time with offset, a date, or an age such as 2h");
    Command command{
        &line, Needs::database, {Capability::support}, [options](Stage& stage) { run_revoke(*options, stage); }};
    command.further = [options]() -> std::vector<Capability> {
        if (options->all) return {Capability::breach};
        if (options->targets.size() > 1 || options->operator_name || !options->from_file.empty())
            return {Capability::bulk};
        return {};
    };
    return command;
}

}  // namespace pwreset
