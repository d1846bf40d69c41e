// Jobs over many accounts: what was asked for, how far it is, and its life from preparing to done. They are rows of
// pwreset_jobs that have a state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/own/jobs.h"
#include "src/base/channel.h"
#include "src/base/kind.h"
#include "src/base/words.h"

namespace pwreset::db {

enum class JobState {
    preparing,  ///< its rows are being written, or its operator is being asked
    waiting,    ///< for somebody else's approval
    running,    ///< pages of it are released, by whoever works
    paused,
    cancelled,
    done,  ///< nothing of it is left, and nothing of it is in the queue
};

constexpr WordTable<JobState, 6> job_state_words{{
    {JobState::preparing, "preparing"},
    {JobState::waiting, "waiting"},
    {JobState::running, "running"},
    {JobState::paused, "paused"},
    {JobState::cancelled, "cancelled"},
    {JobState::done, "done"},
}};

constexpr std::string_view word_of(JobState state) { return word_in(job_state_words, state); }

/// What was asked for, once for all of the job.
struct JobOrder {
    std::optional<Kind> kind{};
    std::optional<Channel> channel{};
    std::optional<std::string> filters{};  ///< of a selection; nothing where a file named the accounts
    std::optional<std::int64_t> rate{};    ///< accounts a second
    std::optional<Time> start_at{};
    std::optional<std::string> login_uid{};  ///< of who made it
};

/// A job as it stands.
struct BulkJob {
    std::int64_t id = 0;
    JobRow row;  ///< `total`: how many accounts it is to reach
    JobOrder order;
    JobState state = JobState::preparing;
    Time created_at;
    std::optional<Time> next_at;
    std::int64_t pages = 0;  ///< released so far
    std::optional<std::string> cursor_key;
    std::int64_t cursor_row = 0;
    bool exhausted = false;
    std::int64_t queued = 0, refused = 0, deferred = 0;
    std::optional<Time> approve_by;  ///< nothing: it needs nobody's approval
    std::optional<std::string> approved_by;
    std::optional<Time> approved_at, ended_at;
};

/// Makes a job in the state `preparing`; its id.
std::int64_t insert_bulk_job(Session& session, const JobRow& job, const JobOrder& order);
/// Nothing when there is none, or it is a single call's.
std::optional<BulkJob> bulk_job(Session& session, const std::string& app, std::int64_t id);
/// The one an invocation made: for a commit during which the connection broke.
std::optional<std::int64_t> bulk_job_of_trace(Session& session, const std::string& app, const std::string& trace_id);
/// Newest first, with ids below `before` (0 = all); in one state where it is given.
std::vector<BulkJob> bulk_jobs(Session& session, const std::string& app, std::int64_t before, int most,
                               const std::optional<JobState>& state = {});
/// The jobs, oldest first, that run and whose time has come.
std::vector<BulkJob> jobs_at_work(Session& session, const std::string& app);

/// A step of the cursor. `queued`, `refused` and `deferred` are added; what is put off no more is a negative number.
struct JobStep {
    std::optional<std::string> cursor_key{};
    std::int64_t cursor_row = 0;
    bool exhausted = false;
    std::int64_t queued = 0, refused = 0, deferred = 0;
    std::optional<Time> next_at{};
};
/// Moves the cursor of a running job by a page, if nobody has since it was read; writes the page. False when somebody
/// has, or it runs no more.
bool take_step(Session& session, const BulkJob& job, const JobStep& step);
/// Whether a page was released.
bool has_page(Session& session, std::int64_t job, std::int64_t page);
/// Puts a running job off, when nobody has moved it since it was read.
void put_off_job(Session& session, const BulkJob& job, Time until);

/// What a prepared job becomes.
struct JobStart {
    std::int64_t total = 0;            ///< how many accounts it is to reach
    std::int64_t refused = 0;          ///< rows that are refused already
    std::optional<Time> approve_by{};  ///< until when it waits for an approval; nothing: it needs none
};
bool start_job(Session& session, std::int64_t id, const JobStart& start);
/// From one state to another; false when it was not in the first. An end has its time.
bool change_job(Session& session, std::int64_t id, JobState from, JobState to);
/// Lets a job run that waits for an approval and whose time for it is not over.
bool approve_job(Session& session, std::int64_t id, const std::string& by);
/// Whether anything of the job is in the queue yet.
bool has_open_deliveries(Session& session, const std::string& app, std::int64_t job);
/// Ends what of the job is in the queue; the number.
std::int64_t cancel_deliveries_of_job(Session& session, const std::string& app, std::int64_t job);
/// Jobs that were prepared before then and never started.
std::vector<std::int64_t> unstarted_jobs(Session& session, const std::string& app, Time before);
/// Jobs that were made before then, have ended, and have rows or pages yet.
std::vector<std::int64_t> jobs_with_rows_before(Session& session, const std::string& app, Time before);

/// How many deliveries of a job are in each state, as a word.
std::vector<std::pair<std::string, std::int64_t>> deliveries_by_state(Session& session, std::int64_t job);

}  // namespace pwreset::db
