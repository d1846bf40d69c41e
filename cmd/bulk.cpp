#include "cmd/bulk.h"

#include <charconv>
#include <ostream>

#include "cmd/hints.h"
#include "cmd/job_answer.h"
#include "cmd/output/progress.h"
#include "cmd/since.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/jobs/input.h"
#include "src/jobs/life.h"
#include "src/jobs/run.h"
#include "src/jobs/selection.h"
#include "src/limits/limits.h"
#include "src/message/templates.h"

namespace pwreset {

namespace {

constexpr std::int64_t quickest_rate = 1000000;

std::optional<std::int64_t> rate_of(const std::optional<std::string>& text) {
    if (!text) return {};
    std::string_view digits = *text;
    if (digits.ends_with("/s")) digits.remove_suffix(2);
    std::int64_t rate = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), rate);
    const bool whole = fault == std::errc() && end == digits.data() + digits.size();
    if (whole && rate > 0 && rate <= quickest_rate) return rate;
    throw usage_error("'" + printable(*text) + "' after --rate is no rate", "write how many a second: 200/s");
}

std::optional<Time> start_of(const std::optional<std::string>& text, Time now) {
    if (!text) return {};
    auto moment = parse_rfc3339(*text);
    if (const auto span = parse_duration(*text)) moment = now + *span;
    if (moment && *moment > now && *moment - now <= std::chrono::hours(24 * 30)) return moment;
    throw usage_error("'" + printable(*text) + "' after --start-at is no time within the next 30 days",
                      "write 2026-03-01T22:00:00Z, or a span from now on such as 2h");
}

BulkRequest request_of(const Stage& stage, const BulkOptions& options, const std::string& command,
                       const RouteWish& wish) {
    if (stage.common.locale) require_locale(*stage.common.locale, stage.config->text.templates);
    return {.command = command,
            .wish = wish,
            .rate = rate_of(options.rate),
            .start_at = start_of(options.start_at, stage.context->session.now()),
            .grounds = stage.common.grounds,
            .locale = stage.common.locale};
}

/// The accounts that a file leaves out. Those that it names in vain are told: they are not left out.
std::vector<std::string> excluded_keys(Stage& stage, const BulkOptions& options) {
    if (options.exclude.empty()) return {};
    InputFile file(stage.env, "--exclude", options.exclude);
    Input input(file.stream(), stage.config->users.phone_region);
    auto exclusion = read_exclusion(*stage.context, input);
    if (exclusion.unknown_rows == 0) return std::move(exclusion.keys);
    warn(stage,
         std::to_string(exclusion.unknown_rows) +
             " rows of --exclude name no account, or several: " + exclusion.unknown.front(),
         "correct them, or who is meant is not left out");
    return std::move(exclusion.keys);
}

Filters filters_of(Stage& stage, const BulkOptions& options) {
    const Time now = stage.context->session.now();
    return {.all = options.all,
            .roles = options.roles,
            .created_before = parse_moment("--created-before", options.created_before, now),
            .not_changed_since = parse_moment("--not-changed-since", options.not_changed_since, now),
            .never_logged_in = options.never_logged_in,
            .excluded = excluded_keys(stage, options)};
}

Plan plan_of(Stage& stage, const BulkRequest& request, Selection& selection) {
    Progress progress(stage.env, "planning", stage.common.quiet);
    return plan_selection(*stage.context, request, selection, [&](std::int64_t seen) { progress.update(seen); });
}

/// A plan tells of accounts, so it counts as a look at one.
Plan plan_of(Stage& stage, const BulkOptions& options, const BulkRequest& request, std::optional<std::int64_t> job) {
    InputFile file(stage.env, "--from-file", options.from_file);
    Input input(file.stream(), stage.config->users.phone_region);
    Progress progress(stage.env, "planning", stage.common.quiet);
    return plan_file(*stage.context, request, input, job, [&](std::int64_t seen) { progress.update(seen); });
}

/// The number has to be given or typed, as for `revoke --all`.
void require_agreement(Stage& stage, const BulkOptions& options, std::int64_t count) {
    const std::string number = std::to_string(count);
    if (options.expect && stage.common.yes) {
        if (*options.expect == count) return;
        throw usage_error("the plan is for " + number + " accounts, not " + std::to_string(*options.expect),
                          "nothing was queued; look again and give that number");
    }
    if (!stage.env.terminal.in || options.expect || stage.common.yes || options.from_file == "-" ||
        options.exclude == "-") {
        throw usage_error("a job needs both --yes and --expect N",
                          "the plan is for " + number + " accounts now; '--dry-run' shows it");
    }
    const auto typed = stage.env.ask("type the number of accounts (" + number + ") to go on: ", false);
    if (typed && *typed == number) return;
    throw Error(Exit::forbidden, "CANCELLED", "nothing was queued", "the number was not typed");
}

Error nothing_to_do(const Plan& plan) {
    const std::string named = std::to_string(plan.named);
    return {Exit::failed, "NOT_FOUND", "none of the " + named + " rows names an account that may be sent this",
            "the plan says why"};
}

void work_off(Stage& stage, const db::BulkJob& job, const Plan& plan) {
    Progress progress(stage.env, "job " + std::to_string(job.id), stage.common.quiet);
    const auto ended =
        run_job(*stage.context, job.id, [&](std::int64_t done, std::int64_t total) { progress.update(done, total); });
    progress.clear();
    answer_run(stage, ended, &plan);
}

}  // namespace

db::BulkJob agreed_job(Stage& stage, const BulkOptions& options, const BulkRequest& request, Plan& plan) {
    Context& context = *stage.context;
    take_lookup(context);
    std::optional<Selection> selection;
    if (options.selects()) selection.emplace(context, filters_of(stage, options));
    const auto filters = selection ? std::optional(text_of(selection->filters())) : std::nullopt;
    const auto id = prepare_job(context, request, filters);
    try {
        plan = selection ? plan_of(stage, request, *selection) : plan_of(stage, options, request, id);
        print_plan(stage, request, plan, false);
        if (plan.ready == 0) throw nothing_to_do(plan);
        require_agreement(stage, options, plan.ready);
        return start_job(context, id, request, plan);
    } catch (const Error& error) {
        if (error.exit != Exit::unavailable && error.exit != Exit::outcome_unknown)
            discard_job(context, id, error.code);
        throw;
    }
}

void print_bulk_plan(Stage& stage, const BulkOptions& options, const BulkRequest& request) {
    take_lookup(*stage.context);
    std::optional<Selection> selection;
    if (options.selects()) selection.emplace(*stage.context, filters_of(stage, options));
    const Plan plan = selection ? plan_of(stage, request, *selection) : plan_of(stage, options, request, {});
    record_alone(*stage.context, {.action = request.command,
                                  .result = "dry run",
                                  .ticket = request.grounds.ticket,
                                  .reason = request.grounds.reason,
                                  .detail = "a job over " + std::to_string(plan.ready) + " accounts, " +
                                            std::to_string(plan.refusals()) + " refused"});
    print_plan(stage, request, plan, true);
}

void bind_bulk_options(CommandLine& line, BulkOptions& options) {
    line.text("--from-file", options.from_file, "FILE",
              "the users of a file: CSV with a header, or one identity a line; - is standard input");
    line.flag("--all", options.all, "a job of everybody, or of all that the filters beside it leave");
    const auto add_role = [&options](const std::string& role) { options.roles.push_back(role); };
    line.text("--role", Target(add_role), "ROLE", "a job of who has this role; may be given again");
    line.text("--created-before", options.created_before, "WHEN", "a job of accounts that were made before then");
    line.text("--not-changed-since", options.not_changed_since, "WHEN",
              "a job of accounts whose password was not changed since then");
    line.flag("--never-logged-in", options.never_logged_in, "a job of who has never signed in");
    line.text("--exclude", options.exclude, "FILE", "leave out the users of a file; - is standard input");
    line.text("--rate", options.rate, "RATE", "of a job: at most so many accounts a second");
    line.text("--start-at", options.start_at, "WHEN",
              "of a job: not before then; a time with offset, or a span from now");
    line.number("--expect", options.expect, "N", "with --yes: how many accounts there must be");
}

void check_bulk_options(const BulkOptions& options, bool identities_named) {
    if (options.given() && identities_named)
        throw usage_error("identities and a job exclude each other", "put them into a file, or name them alone");
    if (!options.from_file.empty() && options.selects())
        throw usage_error("'--from-file' and filters exclude each other", "choose the users by one of them");
    if (!options.exclude.empty() && !options.selects())
        throw usage_error("'--exclude' is for users that filters choose",
                          "leave them out of the file, or mark them in a column 'skip'");
    if (options.given()) return;
    for (const auto& [option, given] :
         {std::pair("--rate", options.rate.has_value()), std::pair("--start-at", options.start_at.has_value()),
          std::pair("--expect", options.expect.has_value())}) {
        if (given)
            throw usage_error("'" + std::string(option) + "' is for a job over many accounts",
                              "name them with --from-file, or choose them by --all or a filter");
    }
}

std::vector<Capability> capabilities_of(const BulkOptions& options) {
    if (!options.given()) return {};
    // What has no file and no role may be everybody.
    if (options.selects() && options.roles.empty()) return {Capability::bulk, Capability::breach};
    return {Capability::bulk};
}

void run_bulk(Stage& stage, const BulkOptions& options, const std::string& command, const RouteWish& wish, bool queue) {
    const auto request = request_of(stage, options, command, wish);
    if (stage.common.dry_run) return print_bulk_plan(stage, options, request);
    Plan plan;
    const auto job = agreed_job(stage, options, request, plan);
    const bool later = queue || request.start_at || job.state == db::JobState::waiting;
    if (later) return answer_run(stage, {.job = job}, &plan);
    work_off(stage, job, plan);
}

}  // namespace pwreset
