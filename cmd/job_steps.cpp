#include <ostream>

#include "cmd/bulk.h"
#include "cmd/job_answer.h"
#include "cmd/jobs.h"
#include "cmd/output/progress.h"
#include "src/base/reference.h"
#include "src/jobs/life.h"

namespace pwreset {

namespace {

void refuse_dry_run(const Stage& stage, const std::string& what) {
    if (stage.common.dry_run)
        throw usage_error("--dry-run does not go with 'jobs " + what + "'",
                          "'pwreset jobs show' tells how a job stands");
}

struct StepOptions {
    std::string job;
    bool queue = false;
    std::optional<std::int64_t> expect;
};

std::shared_ptr<StepOptions> bind_job(CommandLine& line) {
    auto options = std::make_shared<StepOptions>();
    line.argument("JOB", options->job, Presence::required, "the number of the job", "N");
    return options;
}

Command pause_command(CommandLine& group) {
    auto& line = group.command("pause", "release nothing more of a job; what is in the queue is sent");
    auto options = bind_job(line);
    return {&line, Needs::database, {Capability::bulk}, [options](Stage& stage) {
                refuse_dry_run(stage, "pause");
                const auto job = job_number(options->job);
                pause_job(*stage.context, job, stage.common.grounds);
                answer_job(stage, job);
            }};
}

void run_resume(const StepOptions& options, Stage& stage) {
    refuse_dry_run(stage, "resume");
    const auto job = job_number(options.job);
    const bool issues = find_job(*stage.context, job).row.command != "revoke";
    if (issues && !options.queue) require_issuing(stage);
    if (!issues && options.queue)
        throw usage_error("'--queue' is not for a job that revokes", "no worker does that: resume it here");
    resume_job(*stage.context, job, stage.common.grounds);
    if (options.queue) return answer_job(stage, job);
    const auto resumed = find_job(*stage.context, job);
    if (resumed.row.command == "revoke") return work_off_revoking(stage, resumed, nullptr);
    Progress progress(stage.env, "job " + std::to_string(job), stage.common.quiet);
    const auto ended =
        run_job(*stage.context, job, [&](std::int64_t done, std::int64_t total) { progress.update(done, total); });
    progress.clear();
    answer_run(stage, ended, nullptr);
}

Command resume_command(CommandLine& group) {
    auto& line = group.command("resume", "go on with a job that is paused, or whose process was killed");
    auto options = bind_job(line);
    line.flag("--queue", options->queue, "leave it to 'pwreset deliver'");
    return {&line, Needs::database, {Capability::bulk}, [options](Stage& stage) { run_resume(*options, stage); }};
}

Command cancel_command(CommandLine& group) {
    auto& line = group.command("cancel", "end a job; what of it is queued is not sent");
    auto options = bind_job(line);
    return {&line, Needs::database, {Capability::bulk}, [options](Stage& stage) {
                refuse_dry_run(stage, "cancel");
                const auto job = job_number(options->job);
                const auto ended = cancel_job(*stage.context, job, stage.common.grounds);
                if (stage.for_people() && !stage.common.quiet && ended > 0)
                    stage.env.err << ended << " that were queued are not sent\n";
                answer_job(stage, job);
            }};
}

/// Who approves has to have seen how many there are.
std::int64_t approved_count(const StepOptions& options, Stage& stage) {
    const auto job = find_job(*stage.context, job_number(options.job));
    if (options.expect && stage.common.yes) return *options.expect;
    const std::string number = std::to_string(job.row.total);
    if (!stage.env.terminal.in || options.expect || stage.common.yes)
        throw usage_error("an approval needs both --yes and --expect N", "the job is over " + number + " accounts");
    print_job(stage, job, {});
    const auto typed = stage.env.ask("type the number of accounts (" + number + ") to approve: ", false);
    if (typed && *typed == number) return job.row.total;
    throw Error(Exit::forbidden, "CANCELLED", "the job was not approved", "the number was not typed");
}

Command approve_command(CommandLine& group) {
    auto& line = group.command("approve", "as a second operator: let a job run");
    auto options = bind_job(line);
    line.number("--expect", options->expect, "N", "with --yes: how many accounts there must be");
    return {&line, Needs::database, {Capability::approve}, [options](Stage& stage) {
                refuse_dry_run(stage, "approve");
                const auto job = job_number(options->job);
                approve_job(*stage.context, job, approved_count(*options, stage), stage.common.grounds);
                answer_job(stage, job);
            }};
}

}  // namespace

std::vector<Command> job_step_commands(CommandLine& group) {
    return {pause_command(group), resume_command(group), cancel_command(group), approve_command(group)};
}

}  // namespace pwreset
