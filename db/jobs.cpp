#include "db/jobs.h"

namespace pwreset::db {

std::int64_t insert_job(Session& session, const JobRow& job) {
    return session.insert(
        "INSERT INTO pwreset_jobs (app, command, budget, operator, ticket, reason, locale, trace_id, total, "
        "created_at) "
        "VALUES (:app, :command, :budget, :operator, :ticket, :reason, :locale, :trace_id, :total, UTC_TIMESTAMP(6))",
        {{"app", job.app},
         {"command", job.command},
         {"budget", job.budget},
         {"operator", job.operator_name},
         {"ticket", job.ticket},
         {"reason", job.reason},
         {"locale", job.locale},
         {"trace_id", job.trace_id},
         {"total", job.total}});
}

}  // namespace pwreset::db
