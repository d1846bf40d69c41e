#include "src/jobs/report.h"

#include "db/own/job_rows.h"
#include "src/base/stop.h"

namespace pwreset {

namespace {

constexpr int lines_at_once = 1000;
constexpr const char* cut_short = "the report is not complete";

/// The word for a delivery's state: who waits for it need not tell a held one from a claimed one.
std::string outcome_of(const StoredWord<DeliveryState>& state) {
    if (state == DeliveryState::held || state == DeliveryState::claimed)
        return std::string(word_of(DeliveryState::queued));
    return state.word;
}

std::string outcome_of(const db::ReportLine& line, const db::BulkJob& job) {
    switch (line.row.state) {
        case db::RowState::queued:
            return line.state ? outcome_of(*line.state) : "erased";
        case db::RowState::waiting:
        case db::RowState::deferred:
            if (job.state == db::JobState::cancelled) return std::string(word_of(DeliveryState::cancelled));
            break;
        case db::RowState::refused:
        case db::RowState::revoked:
            break;
    }
    return std::string(word_of(line.row.state));
}

Reported told(const db::ReportLine& line, const db::BulkJob& job) {
    return {.line = line.row.line,
            .typed = line.row.typed,
            .account = line.row.account,
            .outcome = outcome_of(line, job),
            .code = line.row.code ? line.row.code : line.reason,
            .message = line.row.reason,
            .delivery = line.delivery,
            .relay = line.relay,
            .answer = line.answer,
            .finished_at = line.finished_at};
}

/// Each line as it is stored.
void each_line(Context& context, std::int64_t job, const std::function<void(const db::ReportLine&)>& visit) {
    for (std::int64_t after = 0;;) {
        stop_when_signalled(context.env, cut_short);
        const auto lines = db::report_rows(context.session, job, after, lines_at_once);
        for (const auto& line : lines) visit(line);
        if (lines.size() < lines_at_once) break;
        after = lines.back().row.no;
    }
    for (std::string after;;) {
        stop_when_signalled(context.env, cut_short);
        const auto lines = db::report_deliveries(context.session, job, after, lines_at_once);
        for (const auto& line : lines) visit(line);
        if (lines.size() < lines_at_once) break;
        after = *lines.back().row.account;
    }
}

}  // namespace

void report_job(Context& context, const db::BulkJob& job, const std::function<void(const Reported&)>& tell) {
    each_line(context, job.id, [&](const db::ReportLine& line) { tell(told(line, job)); });
}

Outcomes outcomes_of(Context& context, const db::BulkJob& job) {
    Outcomes outcomes;
    each_line(context, job.id, [&](const db::ReportLine& line) { ++outcomes[outcome_of(line, job)]; });
    return outcomes;
}

std::int64_t failures_in(const Outcomes& outcomes) {
    std::int64_t sum = 0;
    for (const char* failed : {"failed", "refused", "uncertain", "cancelled"}) {
        if (const auto found = outcomes.find(failed); found != outcomes.end()) sum += found->second;
    }
    return sum;
}

}  // namespace pwreset
