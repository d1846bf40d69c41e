#include "cmd/jobs.h"

#include <ostream>

#include "cmd/command.h"
#include "cmd/job_answer.h"
#include "cmd/output/progress.h"
#include "cmd/paging.h"
#include "src/base/reference.h"
#include "src/jobs/life.h"

namespace pwreset {

namespace {

Cell text_or_null(const std::optional<std::string>& text) { return text ? Cell(*text) : Cell(); }
Cell time_or_null(const std::optional<Time>& time) { return time ? Cell(*time) : Cell(); }
Cell number_or_null(const std::optional<std::int64_t>& number) { return number ? Cell(*number) : Cell(); }

// --- list ---

const std::vector<Column> list_columns{{"id", "ID"},
                                       {"created_at", "MADE"},
                                       {"command", "COMMAND"},
                                       {"state", "STATE"},
                                       {"accounts", "ACCOUNTS"},
                                       {"queued", "QUEUED"},
                                       {"refused", "REFUSED"},
                                       {"deferred", "PUT OFF", true, true},
                                       {"operator", "BY"},
                                       {"ticket", "TICKET", true, true},
                                       {"reason", ""},
                                       {"rate", ""},
                                       {"next_at", ""},
                                       {"approve_by", ""},
                                       {"approved_by", ""},
                                       {"ended_at", "ENDED", true, true}};

void print_row(Listing& listing, const db::BulkJob& job) {
    listing.row({job.id, job.created_at, job.row.command, std::string(word_of(job.state)), job.row.total, job.queued,
                 job.refused, job.deferred, job.row.operator_name, text_or_null(job.row.grounds.ticket),
                 text_or_null(job.row.grounds.reason), number_or_null(job.order.rate), time_or_null(job.next_at),
                 time_or_null(job.approve_by), text_or_null(job.approved_by), time_or_null(job.ended_at)});
}

struct ListOptions {
    std::optional<std::string> state;
    PageOptions pages;
};

void run_list(const ListOptions& options, Stage& stage) {
    auto& context = *stage.context;
    const auto state = options.state ? value_in(db::job_state_words, *options.state) : std::nullopt;
    Listing listing(stage.env, stage.common.format, "jobs", list_columns, stage.trace_id);
    const auto fetch = [&](std::int64_t before, int most) {
        return db::bulk_jobs(context.session, context.config.application, before, most, state);
    };
    print_pages(stage, listing, options.pages, "no jobs", fetch, [&](const auto& job) { print_row(listing, job); });
}

Command list_command(CommandLine& group) {
    auto options = std::make_shared<ListOptions>();
    auto& line = group.command("list", "list the jobs over many accounts, newest first");
    line.choice("--state", options->state, "STATE", all_words(db::job_state_words),
                "preparing, waiting, running, paused, cancelled or done");
    bind_page_options(line, options->pages);
    return {&line, Needs::database, {Capability::bulk}, [options](Stage& stage) { run_list(*options, stage); }};
}

// --- show ---

void run_show(const std::string& named, Stage& stage) {
    const auto job = find_job(*stage.context, job_number(named));
    const auto outcomes = outcomes_of(*stage.context, job);
    if (stage.for_people()) return print_job(stage, job, outcomes);
    if (stage.common.format == Format::csv) {
        Listing listing(stage.env, stage.common.format, "jobs", list_columns, stage.trace_id);
        print_row(listing, job);
        return listing.finish();
    }
    const Json data{{"job", json_of(job)}, {"outcomes", json_of(outcomes)}};
    if (stage.common.format == Format::ndjson) return print_line(stage.env, data);
    print_success(stage.env, data, stage.trace_id);
}

// --- report ---

const std::vector<Column> report_columns{{"line", "LINE"},
                                         {"identity", "IDENTITY"},
                                         {"account", "ACCOUNT"},
                                         {"outcome", "OUTCOME"},
                                         {"code", "WHY"},
                                         {"message", "", true, true},
                                         {"reference", "REF"},
                                         {"relay", "", true, true},
                                         {"answer", "ANSWER", true, true},
                                         {"finished_at", "AT", false, true}};

struct ReportOptions {
    std::string job;
    std::optional<std::string> outcome;
};

void run_report(const ReportOptions& options, Stage& stage) {
    auto& context = *stage.context;
    const auto job = find_job(context, job_number(options.job));
    Listing listing(stage.env, stage.common.format, "results", report_columns, stage.trace_id);
    Outcomes outcomes;
    report_job(context, job, [&](const Reported& one) {
        ++outcomes[one.outcome];
        if (options.outcome && *options.outcome != one.outcome) return;
        listing.row({number_or_null(one.line), text_or_null(one.typed), text_or_null(one.account), one.outcome,
                     text_or_null(one.code), text_or_null(one.message),
                     one.delivery ? Cell(reference_of(*one.delivery)) : Cell(), text_or_null(one.relay),
                     text_or_null(one.answer), time_or_null(one.finished_at)});
    });
    finish_pages(stage, listing, {}, "no lines");
    const auto failures = failures_in(outcomes);
    if (failures == 0) return;
    std::int64_t all = 0;
    for (const auto& [word, count] : outcomes) all += count;
    Error error(Exit::failed, "PARTIAL_FAILURE",
                std::to_string(failures) + " of " + std::to_string(all) + " got nothing");
    // The document is complete: a second one behind it would be no JSON.
    if (stage.common.format == Format::json || stage.common.format == Format::ndjson) throw AnsweredFailure(error);
    throw Error(error);
}

Command report_command(CommandLine& group) {
    auto options = std::make_shared<ReportOptions>();
    auto& line = group.command("report", "one line for each account of a job: what became of it");
    line.argument("JOB", options->job, Presence::required, "the number of the job", "N");
    line.choice("--outcome", options->outcome, "OUTCOME",
                {"sent", "failed", "refused", "deferred", "queued", "waiting", "uncertain", "superseded", "cancelled",
                 "revoked", "erased"},
                "only lines with this outcome");
    return {&line, Needs::database, {Capability::bulk}, [options](Stage& stage) { run_report(*options, stage); }};
}

}  // namespace

void answer_job(Stage& stage, std::int64_t id) {
    const auto job = find_job(*stage.context, id);
    if (stage.common.format == Format::json) return print_success(stage.env, {{"job", json_of(job)}}, stage.trace_id);
    if (stage.common.format == Format::ndjson) return print_line(stage.env, {{"job", json_of(job)}});
    if (stage.common.format == Format::csv) {
        Listing listing(stage.env, stage.common.format, "jobs", list_columns, stage.trace_id);
        print_row(listing, job);
        return listing.finish();
    }
    if (!stage.common.quiet) print_job(stage, job, {});
}

Command jobs_command(CommandLine& parent) {
    auto& line = parent.command("jobs", "jobs over many accounts: list, watch, stop and report them");
    line.require_command();
    Command command{&line, Needs::database};
    command.subcommands.push_back(list_command(line));
    auto shown = std::make_shared<std::string>();
    auto& show = line.command("show", "one job: how far it is, and what became of its accounts");
    show.argument("JOB", *shown, Presence::required, "the number of the job", "N");
    command.subcommands.push_back(
        {&show, Needs::database, {Capability::bulk}, [shown](Stage& stage) { run_show(*shown, stage); }});
    for (auto& step : job_step_commands(line)) command.subcommands.push_back(std::move(step));
    command.subcommands.push_back(report_command(line));
    return command;
}

}  // namespace pwreset
