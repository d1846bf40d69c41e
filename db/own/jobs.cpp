#include "db/own/jobs.h"

#include "db/value_list.h"

namespace pwreset::db {

std::int64_t insert_job(Session& session, const JobRow& job) {
    return session.insert(
        "INSERT INTO pwreset_jobs (app, command, budget, operator, ticket, reason, locale, trace_id, total, "
        "override_protected, created_at) "
        "VALUES (:app, :command, :budget, :operator, :ticket, :reason, :locale, :trace_id, :total, "
        ":override_protected, UTC_TIMESTAMP(6))",
        {{"app", job.app},
         {"command", job.command},
         {"budget", word_of(job.budget)},
         {"operator", job.operator_name},
         {"ticket", job.grounds.ticket},
         {"reason", job.grounds.reason},
         {"locale", job.locale},
         {"trace_id", job.trace_id},
         {"total", job.total},
         {"override_protected", job.override_protected ? 1 : 0}});
}

namespace {

constexpr const char* has_text = "(ticket IS NOT NULL OR reason IS NOT NULL OR filters IS NOT NULL)";

}  // namespace

bool has_jobs(Session& session, const std::string& app) {
    return session.row("SELECT 1 FROM pwreset_jobs WHERE app = :app LIMIT 1", {{"app", app}}).has_value();
}

std::vector<JobTexts> job_texts(Session& session, const std::string& app, std::int64_t after, int most) {
    std::vector<JobTexts> out;
    for (const Row& row :
         session.rows(std::string("SELECT id, ticket, reason, filters FROM pwreset_jobs WHERE app = :app "
                                  "AND id > :after AND ") +
                          has_text + " ORDER BY id LIMIT :most",
                      {{"app", app}, {"after", after}, {"most", most}})) {
        out.push_back({row.integer(0), row.optional_text(1), row.optional_text(2), row.optional_text(3)});
    }
    return out;
}

bool erase_job_texts(Session& session, const JobErasure& erasure) {
    std::string set;
    std::string had;
    for (const auto& [column, wanted] : {std::pair("ticket", erasure.ticket), std::pair("reason", erasure.reason),
                                         std::pair("filters", erasure.filters)}) {
        if (!wanted) continue;
        set += (set.empty() ? "" : ", ") + std::string(column) + " = NULL";
        had += (had.empty() ? "" : " OR ") + std::string(column) + " IS NOT NULL";
    }
    if (set.empty()) return false;
    return session.run("UPDATE pwreset_jobs SET " + set + " WHERE id = :id AND (" + had + ")", {{"id", erasure.id}}) ==
           1;
}

std::int64_t erase_texts_of_empty_jobs(Session& session, const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return 0;
    Params params;
    return session.run("UPDATE pwreset_jobs SET ticket = NULL, reason = NULL, filters = NULL WHERE id IN " +
                           value_list("id", ids, params) + " AND " + has_text +
                           " AND NOT EXISTS (SELECT 1 FROM pwreset_deliveries d WHERE d.job_id = pwreset_jobs.id)",
                       params);
}

std::vector<std::int64_t> jobs_only_of(Session& session, const std::string& app,
                                       const std::vector<std::string>& accounts) {
    if (accounts.empty()) return {};
    Params params{{"app", app}};
    const std::string theirs = value_list("account", accounts, params);
    std::vector<std::int64_t> ids;
    for (const Row& row :
         session.rows("SELECT DISTINCT j.id FROM pwreset_deliveries d JOIN pwreset_jobs j ON j.id = d.job_id "
                      "WHERE d.app = :app AND d.account IN " +
                          theirs +
                          " AND (j.ticket IS NOT NULL OR j.reason IS NOT NULL OR j.filters IS NOT NULL) "
                          "AND NOT EXISTS (SELECT 1 FROM pwreset_deliveries o WHERE o.job_id = d.job_id "
                          "AND o.account NOT IN " +
                          theirs + ") ORDER BY j.id",
                      params)) {
        ids.push_back(row.integer(0));
    }
    return ids;
}

}  // namespace pwreset::db
