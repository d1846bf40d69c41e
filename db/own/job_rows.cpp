#include "db/own/job_rows.h"

#include "db/bulk.h"
#include "db/value_list.h"
#include "db/words.h"

namespace pwreset::db {

namespace {

constexpr const char* row_columns = "r.no, r.line, r.typed, r.account, r.state, r.code, r.reason, r.retry_at";

JobLine line_of(const Row& row) {
    return {.no = row.integer(0),
            .line = row.is_null(1) ? std::nullopt : std::optional(row.integer(1)),
            .typed = row.optional_text(2),
            .account = row.optional_text(3),
            .state = word_at(row, 4, row_state_words),
            .code = row.optional_text(5),
            .reason = row.optional_text(6),
            .retry_at = row.optional_time(7)};
}

std::vector<JobLine> lines_of(const std::vector<Row>& rows) {
    std::vector<JobLine> lines;
    lines.reserve(rows.size());
    for (const Row& row : rows) lines.push_back(line_of(row));
    return lines;
}

std::string select_rows() { return std::string("SELECT ") + row_columns + " FROM pwreset_job_rows r "; }

}  // namespace

void insert_job_rows(Session& session, std::int64_t job, const std::vector<JobLine>& rows) {
    std::vector<std::vector<Value>> values;
    values.reserve(rows.size());
    for (const auto& row : rows) {
        values.push_back(
            {job, row.no, row.line, row.typed, row.account, word_of(row.state), row.code, row.reason, row.retry_at});
    }
    bulk_insert(session,
                "INSERT INTO pwreset_job_rows (job_id, no, line, typed, account, state, code, reason, retry_at) "
                "VALUES",
                "(?, ?, ?, ?, ?, ?, ?, ?, ?)", values);
}

std::vector<std::string> accounts_in_job(Session& session, std::int64_t job, const std::vector<std::string>& accounts) {
    if (accounts.empty()) return {};
    Params params{{"job", job}};
    const std::string those = value_list("account", accounts, params);
    std::vector<std::string> found;
    for (const Row& row :
         session.rows("SELECT account FROM pwreset_job_rows WHERE job_id = :job AND account IN " + those, params)) {
        found.push_back(row.text(0));
    }
    return found;
}

std::vector<JobLine> waiting_rows(Session& session, std::int64_t job, std::int64_t after, int most) {
    return lines_of(session.rows(
        select_rows() + "WHERE r.job_id = :job AND r.no > :after AND r.state = 'waiting' ORDER BY r.no LIMIT :most",
        {{"job", job}, {"after", after}, {"most", most}}));
}

std::vector<JobLine> deferred_rows(Session& session, std::int64_t job, int most) {
    return lines_of(session.rows(select_rows() + "WHERE r.job_id = :job AND r.state = 'deferred' AND r.retry_at <= "
                                                 "UTC_TIMESTAMP(6) ORDER BY r.retry_at, r.no LIMIT :most",
                                 {{"job", job}, {"most", most}}));
}

std::optional<Time> next_deferred(Session& session, std::int64_t job) {
    const auto row = session.row(
        "SELECT MIN(retry_at) FROM pwreset_job_rows WHERE job_id = :job AND retry_at IS NOT NULL "
        "AND state = 'deferred'",
        {{"job", job}});
    return row ? row->optional_time(0) : std::nullopt;
}

void settle_rows(Session& session, std::int64_t job, const std::vector<JobLine>& rows) {
    std::vector<std::vector<Value>> values;
    values.reserve(rows.size());
    for (const auto& row : rows)
        values.push_back({word_of(row.state), row.code, row.reason, row.retry_at, job, row.no});
    bulk_update(session,
                "UPDATE pwreset_job_rows SET state = ?, code = ?, reason = ?, retry_at = ? WHERE job_id = ? AND no = ?",
                values);
}

std::int64_t delete_job_rows(Session& session, std::int64_t job, int most) {
    const auto last = session.row(
        "SELECT MAX(no) FROM (SELECT no FROM pwreset_job_rows WHERE job_id = :job ORDER BY no LIMIT :most) batch",
        {{"job", job}, {"most", most}});
    if (!last || last->is_null(0)) return 0;
    return session.run("DELETE FROM pwreset_job_rows WHERE job_id = :job AND no <= :last",
                       {{"job", job}, {"last", last->integer(0)}});
}

std::int64_t delete_job_pages(Session& session, std::int64_t job, int most) {
    const auto last = session.row(
        "SELECT MAX(page_no) FROM (SELECT page_no FROM pwreset_job_pages WHERE job_id = :job ORDER BY page_no "
        "LIMIT :most) batch",
        {{"job", job}, {"most", most}});
    if (!last || last->is_null(0)) return 0;
    return session.run("DELETE FROM pwreset_job_pages WHERE job_id = :job AND page_no <= :last",
                       {{"job", job}, {"last", last->integer(0)}});
}

namespace {

ReportLine with_delivery(const Row& row, JobLine line) {
    ReportLine out{.row = std::move(line)};
    if (row.is_null(8)) return out;
    out.delivery = row.integer(8);
    out.state = stored_word(row.text(9), delivery_state_words);
    out.relay = row.optional_text(10);
    out.answer = row.optional_text(11);
    out.reason = row.optional_text(12);
    out.finished_at = row.optional_time(13);
    return out;
}

constexpr const char* delivery_columns = "d.id, d.state, d.relay, d.answer, d.reason, d.finished_at";

}  // namespace

std::vector<ReportLine> report_rows(Session& session, std::int64_t job, std::int64_t after, int most) {
    std::vector<ReportLine> lines;
    for (const Row& row : session.rows(std::string("SELECT ") + row_columns + ", " + delivery_columns +
                                           " FROM pwreset_job_rows r LEFT JOIN pwreset_deliveries d "
                                           "ON d.job_id = r.job_id AND d.account = r.account "
                                           "WHERE r.job_id = :job AND r.no > :after ORDER BY r.no LIMIT :most",
                                       {{"job", job}, {"after", after}, {"most", most}})) {
        lines.push_back(with_delivery(row, line_of(row)));
    }
    return lines;
}

std::vector<ReportLine> report_deliveries(Session& session, std::int64_t job, const std::string& after, int most) {
    std::vector<ReportLine> lines;
    for (const Row& row :
         session.rows(std::string("SELECT NULL, NULL, NULL, d.account, NULL, NULL, NULL, NULL, ") + delivery_columns +
                          " FROM pwreset_deliveries d WHERE d.job_id = :job AND d.account > :after AND NOT EXISTS "
                          "(SELECT 1 FROM pwreset_job_rows r WHERE r.job_id = d.job_id AND r.account = d.account) "
                          "ORDER BY d.account LIMIT :most",
                      {{"job", job}, {"after", after}, {"most", most}})) {
        lines.push_back(with_delivery(row, {.account = row.optional_text(3), .state = RowState::queued}));
    }
    return lines;
}

std::vector<std::pair<std::string, std::int64_t>> refused_by_code(Session& session, std::int64_t job) {
    std::vector<std::pair<std::string, std::int64_t>> counts;
    for (const Row& row : session.rows("SELECT code, COUNT(*) FROM pwreset_job_rows WHERE job_id = :job "
                                       "AND state = 'refused' GROUP BY code ORDER BY code",
                                       {{"job", job}})) {
        counts.emplace_back(row.text(0), row.integer(1));
    }
    return counts;
}

namespace {

std::vector<PersonalJobLine> personal_lines(Session& session, const std::string& condition, const Params& params) {
    std::vector<PersonalJobLine> lines;
    for (const Row& row : session.rows(
             std::string("SELECT ") + row_columns +
                 ", r.job_id FROM pwreset_job_rows r JOIN pwreset_jobs j ON j.id = r.job_id WHERE j.app = :app AND " +
                 condition,
             params)) {
        lines.push_back({row.integer(8), line_of(row)});
    }
    return lines;
}

}  // namespace

std::vector<PersonalJobLine> job_rows_of(Session& session, const std::string& app,
                                         const std::vector<std::string>& accounts) {
    if (accounts.empty()) return {};
    Params params{{"app", app}};
    const std::string those = value_list("account", accounts, params);
    return personal_lines(session, "r.account IN " + those + " ORDER BY r.job_id, r.no", params);
}

std::vector<PersonalJobLine> unfound_job_rows(Session& session, const std::string& app, std::int64_t after_job,
                                              std::int64_t after_no, int most) {
    return personal_lines(session,
                          "r.account IS NULL AND r.typed IS NOT NULL AND (r.job_id > :job OR (r.job_id = :job AND "
                          "r.no > :no)) ORDER BY r.job_id, r.no LIMIT :most",
                          {{"app", app}, {"job", after_job}, {"no", after_no}, {"most", most}});
}

std::int64_t erase_job_rows(Session& session, const std::vector<PersonalJobLine>& rows) {
    std::vector<std::vector<Value>> values;
    values.reserve(rows.size());
    for (const auto& [job, row] : rows) values.push_back({job, row.no});
    return bulk_update(session,
                       "UPDATE pwreset_job_rows SET typed = NULL, account = NULL, reason = NULL WHERE job_id = ? "
                       "AND no = ? AND (typed IS NOT NULL OR account IS NOT NULL OR reason IS NOT NULL)",
                       values);
}

}  // namespace pwreset::db
