// The rows of jobs over many accounts: one for each account that a file names; of a selection only what has no delivery
// to tell of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"
#include "src/base/state.h"
#include "src/base/words.h"

namespace pwreset::db {

enum class RowState {
    waiting,   ///< behind the cursor
    queued,    ///< its delivery tells the rest
    deferred,  ///< until a cooldown has ended
    refused,
    revoked,  ///< of a job that revokes: done
};

constexpr WordTable<RowState, 5> row_state_words{{
    {RowState::waiting, "waiting"},
    {RowState::queued, "queued"},
    {RowState::deferred, "deferred"},
    {RowState::refused, "refused"},
    {RowState::revoked, "revoked"},
}};

constexpr std::string_view word_of(RowState state) { return word_in(row_state_words, state); }

/// Bytes that `typed` and `reason` of a row may have.
constexpr std::size_t longest_job_text = 255;

struct JobLine {
    std::int64_t no = 0;                 ///< from 1 on
    std::optional<std::int64_t> line{};  ///< of the file
    std::optional<std::string> typed{};  ///< as it stands there; nothing of a selection, and once it is erased
    std::optional<std::string> account{};
    RowState state = RowState::waiting;
    std::optional<std::string> code{};    ///< why it was not queued
    std::optional<std::string> reason{};  ///< the same in words
    std::optional<Time> retry_at{};
};

/// Writes rows; within a transaction. Throws Duplicate when one is there, by its number or its account.
void insert_job_rows(Session& session, std::int64_t job, const std::vector<JobLine>& rows);
/// Which of the accounts have a row in the job.
std::vector<std::string> accounts_in_job(Session& session, std::int64_t job, const std::vector<std::string>& accounts);
/// At most `most` rows that wait, with numbers above `after`, in order.
std::vector<JobLine> waiting_rows(Session& session, std::int64_t job, std::int64_t after, int most);
/// The same of rows that are put off and whose time has come, the longest waiting first.
std::vector<JobLine> deferred_rows(Session& session, std::int64_t job, int most);
/// When the next of those that are put off has its time.
std::optional<Time> next_deferred(Session& session, std::int64_t job);
/// Writes down what became of rows: state, code, reason and time. Those are all that changes.
void settle_rows(Session& session, std::int64_t job, const std::vector<JobLine>& rows);
/// Deletes the rows of a job, the first `most` of them; the number.
std::int64_t delete_job_rows(Session& session, std::int64_t job, int most);
std::int64_t delete_job_pages(Session& session, std::int64_t job, int most);

/// A line of the report: a row with its delivery, or a delivery that has none.
struct ReportLine {
    JobLine row;
    std::optional<std::int64_t> delivery{};
    std::optional<StoredWord<DeliveryState>> state{};
    std::optional<std::string> relay{}, answer{}, reason{};
    std::optional<Time> finished_at{};
};
/// At most `most` rows of the job with numbers above `after`, each with its delivery.
std::vector<ReportLine> report_rows(Session& session, std::int64_t job, std::int64_t after, int most);
/// At most `most` deliveries of the job that have no row, of accounts behind `after`, by the account.
std::vector<ReportLine> report_deliveries(Session& session, std::int64_t job, const std::string& after, int most);
/// How many rows of the job are refused, by code.
std::vector<std::pair<std::string, std::int64_t>> refused_by_code(Session& session, std::int64_t job);

/// A row of some job that says something of a person.
struct PersonalJobLine {
    std::int64_t job = 0;
    JobLine row;
};
/// The rows of these accounts.
std::vector<PersonalJobLine> job_rows_of(Session& session, const std::string& app,
                                         const std::vector<std::string>& accounts);
/// At most `most` rows in which nobody was found for what was typed, behind a place (job and number), in order.
std::vector<PersonalJobLine> unfound_job_rows(Session& session, const std::string& app, std::int64_t after_job,
                                              std::int64_t after_no, int most);
/// Nulls what is personal in these rows; the number.
std::int64_t erase_job_rows(Session& session, const std::vector<PersonalJobLine>& rows);

}  // namespace pwreset::db
