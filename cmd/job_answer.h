// How jobs over many accounts are told: the plan, one job as it stands, and how a run of it ended.
#pragma once

#include "cmd/command.h"
#include "src/jobs/plan.h"
#include "src/jobs/report.h"
#include "src/jobs/run.h"

namespace pwreset {

/// The number that names a job. Throws Error USAGE for what is none.
std::int64_t job_number(const std::string& text);
/// The plan: on standard output where it is the `answer` (a dry run), otherwise for people only, on standard error.
void print_plan(Stage& stage, const BulkRequest& request, const Plan& plan, bool answer);
/// One job, for people or as `data`.
void print_job(Stage& stage, const db::BulkJob& job, const Outcomes& outcomes);
Json json_of(const db::BulkJob& job);
Json json_of(const Outcomes& outcomes);
/// The answer of whoever made or resumed the job. Throws CommandFailure PARTIAL_FAILURE when some got nothing.
void answer_run(Stage& stage, const JobRun& run, const Plan* plan);

}  // namespace pwreset
