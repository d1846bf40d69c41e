#include "db/own/bulk_jobs.h"

#include "db/words.h"

namespace pwreset::db {

namespace {

constexpr const char* select_job =
    "SELECT id, command, budget, operator, ticket, reason, locale, trace_id, total, kind, channel, filters, "
    "rate, start_at, login_uid, state, created_at, next_at, page_no, cursor_key, cursor_row, exhausted, queued, "
    "refused, deferred, approve_by, approved_by, approved_at, ended_at, app FROM pwreset_jobs ";

template <typename Enum, std::size_t Count>
std::optional<Enum> optional_word_at(const Row& row, std::size_t column, const WordTable<Enum, Count>& table) {
    if (row.is_null(column)) return {};
    return word_at(row, column, table);
}

JobOrder order_of(const Row& row) {
    return {.kind = optional_word_at(row, 9, kind_words),
            .channel = optional_word_at(row, 10, channel_words),
            .filters = row.optional_text(11),
            .rate = row.is_null(12) ? std::nullopt : std::optional(row.integer(12)),
            .start_at = row.optional_time(13),
            .login_uid = row.optional_text(14)};
}

BulkJob job_of(const Row& row) {
    return {.id = row.integer(0),
            .row = {.app = row.text(29),
                    .command = row.text(1),
                    .budget = word_at(row, 2, budget_words),
                    .operator_name = row.text(3),
                    .grounds = {row.optional_text(4), row.optional_text(5)},
                    .locale = row.optional_text(6),
                    .trace_id = row.text(7),
                    .total = row.integer(8)},
            .order = order_of(row),
            .state = word_at(row, 15, job_state_words),
            .created_at = row.time(16),
            .next_at = row.optional_time(17),
            .pages = row.integer(18),
            .cursor_key = row.optional_text(19),
            .cursor_row = row.integer(20),
            .exhausted = row.integer(21) != 0,
            .queued = row.integer(22),
            .refused = row.integer(23),
            .deferred = row.integer(24),
            .approve_by = row.optional_time(25),
            .approved_by = row.optional_text(26),
            .approved_at = row.optional_time(27),
            .ended_at = row.optional_time(28)};
}

std::vector<BulkJob> jobs_of(const std::vector<Row>& rows) {
    std::vector<BulkJob> jobs;
    jobs.reserve(rows.size());
    for (const Row& row : rows) jobs.push_back(job_of(row));
    return jobs;
}

std::optional<std::string> word_or_null(const std::optional<Kind>& kind) {
    return kind ? std::optional(std::string(word_of(*kind))) : std::nullopt;
}
std::optional<std::string> word_or_null(const std::optional<Channel>& channel) {
    return channel ? std::optional(std::string(word_of(*channel))) : std::nullopt;
}

}  // namespace

std::int64_t insert_bulk_job(Session& session, const JobRow& job, const JobOrder& order) {
    return session.insert(
        "INSERT INTO pwreset_jobs (app, command, budget, operator, ticket, reason, locale, trace_id, total, filters, "
        "state, kind, channel, rate, start_at, next_at, login_uid, created_at) "
        "VALUES (:app, :command, :budget, :operator, :ticket, :reason, :locale, :trace_id, :total, :filters, "
        "'preparing', :kind, :channel, :rate, :start_at, :start_at, :login_uid, UTC_TIMESTAMP(6))",
        {{"app", job.app},
         {"command", job.command},
         {"budget", word_of(job.budget)},
         {"operator", job.operator_name},
         {"ticket", job.grounds.ticket},
         {"reason", job.grounds.reason},
         {"locale", job.locale},
         {"trace_id", job.trace_id},
         {"total", job.total},
         {"filters", order.filters},
         {"kind", word_or_null(order.kind)},
         {"channel", word_or_null(order.channel)},
         {"rate", order.rate},
         {"start_at", order.start_at},
         {"login_uid", order.login_uid}});
}

std::optional<BulkJob> bulk_job(Session& session, const std::string& app, std::int64_t id) {
    const auto row = session.row(
        std::string(select_job) + "WHERE id = :id AND app = :app AND state IN " + list_of_words(job_state_words),
        {{"id", id}, {"app", app}});
    if (!row) return {};
    return job_of(*row);
}

std::optional<std::int64_t> bulk_job_of_trace(Session& session, const std::string& app, const std::string& trace_id) {
    const auto row = session.row("SELECT id FROM pwreset_jobs WHERE app = :app AND trace_id = :trace_id",
                                 {{"app", app}, {"trace_id", trace_id}});
    if (!row) return {};
    return row->integer(0);
}

std::vector<BulkJob> bulk_jobs(Session& session, const std::string& app, std::int64_t before, int most,
                               const std::optional<JobState>& state) {
    Params params{{"app", app}, {"most", most}};
    std::string sql = std::string(select_job) + "WHERE app = :app AND state ";
    if (state) {
        sql += "= :state";
        params.emplace_back("state", word_of(*state));
    } else {
        sql += "IN " + list_of_words(job_state_words);
    }
    if (before > 0) {
        sql += " AND id < :before";
        params.emplace_back("before", before);
    }
    return jobs_of(session.rows(sql + " ORDER BY id DESC LIMIT :most", params));
}

std::vector<BulkJob> jobs_at_work(Session& session, const std::string& app) {
    return jobs_of(session.rows(std::string(select_job) +
                                    "WHERE app = :app AND state = 'running' AND command <> 'revoke' "
                                    "AND (next_at IS NULL OR next_at <= UTC_TIMESTAMP(6)) "
                                    "ORDER BY id",
                                {{"app", app}}));
}

bool take_step(Session& session, const BulkJob& job, const JobStep& step) {
    const bool ours = session.run(
                          "UPDATE pwreset_jobs SET page_no = page_no + 1, cursor_key = :key, cursor_row = :row, "
                          "exhausted = :exhausted, queued = queued + :queued, refused = refused + :refused, "
                          "deferred = deferred + :deferred, done = done + :done, next_at = :next_at "
                          "WHERE id = :id AND state = 'running' AND page_no = :page",
                          {{"key", step.cursor_key},
                           {"row", step.cursor_row},
                           {"exhausted", step.exhausted ? 1 : 0},
                           {"queued", step.queued},
                           {"refused", step.refused},
                           {"deferred", step.deferred},
                           {"done", step.queued},
                           {"next_at", step.next_at},
                           {"id", job.id},
                           {"page", job.pages}}) == 1;
    if (!ours) return false;
    session.run(
        "INSERT INTO pwreset_job_pages (job_id, page_no, queued, refused, deferred, released_at) "
        "VALUES (:job, :page, :queued, :refused, :deferred, UTC_TIMESTAMP(6))",
        {{"job", job.id},
         {"page", job.pages + 1},
         {"queued", step.queued},
         {"refused", step.refused},
         {"deferred", step.deferred > 0 ? step.deferred : 0}});
    return true;
}

bool has_page(Session& session, std::int64_t job, std::int64_t page) {
    return session
        .row("SELECT 1 FROM pwreset_job_pages WHERE job_id = :job AND page_no = :page", {{"job", job}, {"page", page}})
        .has_value();
}

void put_off_job(Session& session, const BulkJob& job, Time until) {
    session.run("UPDATE pwreset_jobs SET next_at = :until WHERE id = :id AND state = 'running' AND page_no = :page",
                {{"until", until}, {"id", job.id}, {"page", job.pages}});
}

bool start_job(Session& session, std::int64_t id, const JobStart& start) {
    return session.run(
               "UPDATE pwreset_jobs SET state = :state, total = :total, refused = :refused, "
               "approve_by = :approve_by "
               "WHERE id = :id AND state = 'preparing'",
               {{"state", word_of(start.approve_by ? JobState::waiting : JobState::running)},
                {"total", start.total},
                {"refused", start.refused},
                {"approve_by", start.approve_by},
                {"id", id}}) == 1;
}

bool change_job(Session& session, std::int64_t id, JobState from, JobState to) {
    const bool ends = to == JobState::cancelled || to == JobState::done;
    return session.run(
               "UPDATE pwreset_jobs SET state = :to, ended_at = CASE WHEN :ends = 1 THEN UTC_TIMESTAMP(6) END "
               "WHERE id = :id AND state = :from",
               {{"to", word_of(to)}, {"ends", ends ? 1 : 0}, {"id", id}, {"from", word_of(from)}}) == 1;
}

bool approve_job(Session& session, std::int64_t id, const std::string& by) {
    return session.run(
               "UPDATE pwreset_jobs SET state = 'running', approved_by = :by, approved_at = UTC_TIMESTAMP(6) "
               "WHERE id = :id AND state = 'waiting' AND approve_by > UTC_TIMESTAMP(6)",
               {{"by", by}, {"id", id}}) == 1;
}

bool has_open_deliveries(Session& session, const std::string& app, std::int64_t job) {
    return session
        .row(
            "SELECT 1 FROM pwreset_deliveries WHERE app = :app AND state IN ('held', 'queued', 'claimed', 'uncertain') "
            "AND finished_at IS NULL AND job_id = :job LIMIT 1",
            {{"app", app}, {"job", job}})
        .has_value();
}

std::int64_t cancel_deliveries_of_job(Session& session, const std::string& app, std::int64_t job) {
    return session.run(
        "UPDATE pwreset_deliveries SET state = 'cancelled', in_flight = NULL, lease_owner = NULL, lease_until = NULL, "
        "reason = 'job_cancelled', finished_at = UTC_TIMESTAMP(6) "
        "WHERE app = :app AND state IN ('held', 'queued', 'claimed', 'uncertain') AND finished_at IS NULL "
        "AND job_id = :job",
        {{"app", app}, {"job", job}});
}

namespace {

std::vector<std::int64_t> ids_of(const std::vector<Row>& rows) {
    std::vector<std::int64_t> ids;
    for (const Row& row : rows) ids.push_back(row.integer(0));
    return ids;
}

}  // namespace

std::vector<std::int64_t> unstarted_jobs(Session& session, const std::string& app, Time before) {
    return ids_of(session.rows(
        "SELECT id FROM pwreset_jobs WHERE app = :app AND state = 'preparing' AND created_at < :before ORDER BY id",
        {{"app", app}, {"before", before}}));
}

std::vector<std::int64_t> jobs_with_rows_before(Session& session, const std::string& app, Time before) {
    return ids_of(
        session.rows("SELECT j.id FROM pwreset_jobs j WHERE j.app = :app AND j.state IN ('cancelled', 'done') "
                     "AND j.created_at < :before AND (EXISTS (SELECT 1 FROM pwreset_job_rows r WHERE r.job_id = j.id) "
                     "OR EXISTS (SELECT 1 FROM pwreset_job_pages p WHERE p.job_id = j.id)) ORDER BY j.id",
                     {{"app", app}, {"before", before}}));
}

std::vector<std::pair<std::string, std::int64_t>> deliveries_by_state(Session& session, std::int64_t job) {
    std::vector<std::pair<std::string, std::int64_t>> counts;
    for (const Row& row : session.rows("SELECT state, COUNT(*) FROM pwreset_deliveries WHERE job_id = :job "
                                       "GROUP BY state ORDER BY state",
                                       {{"job", job}})) {
        counts.emplace_back(row.text(0), row.integer(1));
    }
    return counts;
}

}  // namespace pwreset::db
