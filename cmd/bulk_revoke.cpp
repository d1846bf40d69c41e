#include "cmd/bulk.h"
#include "cmd/job_answer.h"
#include "cmd/output/progress.h"
#include "db/own/job_rows.h"
#include "db/retrying.h"
#include "src/base/printable.h"
#include "src/base/stop.h"
#include "src/jobs/life.h"
#include "src/jobs/lookup.h"
#include "src/recovery/revoke.h"

namespace pwreset {

namespace {

constexpr int rows_at_once = 500;

/// Each account is revoked in a transaction of its own, with its entry. Killed in between, it is revoked once more, and
/// then has nothing.
void revoke_row(Context& context, const db::BulkJob& job, db::JobLine& row) {
    try {
        revoke(context, "id:" + row.account.value_or(""), job.row.grounds, false);
        row.state = db::RowState::revoked;
    } catch (const Error& error) {
        if (!is_about_one(error)) throw;
        row.state = error.code == "NOT_FOUND" ? db::RowState::revoked : db::RowState::refused;
        row.code = error.code;
        row.reason = cut_bytes(printable(error.message), db::longest_job_text);
    }
    db::retrying(context.session, [&] { db::settle_rows(context.session, job.id, {row}); });
}

void pause_when_signalled(Context& context, const db::BulkJob& job, std::int64_t done) {
    const int signal = context.env.signalled();
    if (signal == 0) return;
    pause_job(context, job.id, {});
    const std::string id = std::to_string(job.id);
    Error error = interrupted_by(signal, std::to_string(done) + " of " + std::to_string(job.row.total) +
                                             " accounts revoked now; job " + id + " is paused");
    error.hint = "'pwreset jobs resume " + id + "' goes on with it";
    throw Error(error);
}

}  // namespace

void work_off_revoking(Stage& stage, const db::BulkJob& job, const Plan* plan) {
    Context& context = *stage.context;
    Progress progress(stage.env, "job " + std::to_string(job.id), stage.common.quiet);
    std::int64_t done = 0;
    for (std::int64_t after = 0;;) {
        auto rows = db::waiting_rows(context.session, job.id, after, rows_at_once);
        if (rows.empty() || find_job(context, job.id).state != db::JobState::running) break;
        for (auto& row : rows) {
            pause_when_signalled(context, job, done);
            revoke_row(context, job, row);
            progress.update(++done, job.row.total);
        }
        after = rows.back().no;
    }
    progress.clear();
    if (db::waiting_rows(context.session, job.id, 0, 1).empty()) finish_job(context, find_job(context, job.id));
    answer_run(stage, {.job = find_job(context, job.id)}, plan);
}

void run_bulk_revoke(Stage& stage, const BulkOptions& options) {
    const BulkRequest request{.command = "revoke", .grounds = stage.common.grounds};
    if (stage.common.dry_run) return print_bulk_plan(stage, options, request);
    Plan plan;
    const auto job = agreed_job(stage, options, request, plan);
    work_off_revoking(stage, job, &plan);
}

}  // namespace pwreset
