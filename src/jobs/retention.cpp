#include "src/jobs/retention.h"

#include <vector>

#include "db/own/bulk_jobs.h"
#include "db/own/job_rows.h"
#include "db/retrying.h"

namespace pwreset {

namespace {

constexpr int most_rows = 5000;

std::int64_t purge_rows_of(Context& context, std::int64_t job, const std::function<void()>& breathe) {
    std::int64_t sum = 0;
    for (const auto erase : {db::delete_job_rows, db::delete_job_pages}) {
        for (std::int64_t gone = 1; gone > 0; sum += gone) {
            breathe();
            db::retrying(context.session, [&] { gone = erase(context.session, job, most_rows); });
        }
    }
    return sum;
}

}  // namespace

std::int64_t purge_job_rows(Context& context, Time cut, const std::function<void()>& breathe) {
    auto& session = context.session;
    const std::string& app = context.config.application;
    std::int64_t gone = 0;
    for (const auto id : db::unstarted_jobs(session, app, session.now() - preparing_span)) {
        db::retrying(session, [&] { db::change_job(session, id, db::JobState::preparing, db::JobState::cancelled); });
        gone += purge_rows_of(context, id, breathe);
    }
    for (const auto id : db::jobs_with_rows_before(session, app, cut)) gone += purge_rows_of(context, id, breathe);
    return gone;
}

}  // namespace pwreset
