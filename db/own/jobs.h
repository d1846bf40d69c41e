// Jobs: one row per invocation that issues something.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"
#include "src/base/budget.h"
#include "src/base/grounds.h"

namespace pwreset::db {

struct JobRow {
    std::string app;
    std::string command;
    Budget budget = Budget::agents;
    std::string operator_name;
    Grounds grounds;
    std::optional<std::string> locale;
    std::string trace_id;
    std::int64_t total = 0;
    bool override_protected = false;  ///< a privileged operator said that a protected account may be reset
};

/// Records the job; its id.
std::int64_t insert_job(Session& session, const JobRow& job);

/// Whether anything was ever issued for the application, as far as its jobs are kept.
bool has_jobs(Session& session, const std::string& app);

/// What people wrote into a job.
struct JobTexts {
    std::int64_t id = 0;
    std::optional<std::string> ticket;
    std::optional<std::string> reason;
    std::optional<std::string> filters;
};
/// At most `most` jobs that have such a text, with ids above `after`, oldest first.
std::vector<JobTexts> job_texts(Session& session, const std::string& app, std::int64_t after, int most);
/// Which of a job's texts are to go.
struct JobErasure {
    std::int64_t id = 0;
    bool ticket = false, reason = false, filters = false;
};
/// Nulls those texts. False when none of them was there.
bool erase_job_texts(Session& session, const JobErasure& erasure);
/// Nulls the texts of those of the jobs that have no delivery left; the number.
std::int64_t erase_texts_of_empty_jobs(Session& session, const std::vector<std::int64_t>& ids);
/// The ids, in order, of the jobs with a text that have deliveries of these accounts and of no other.
std::vector<std::int64_t> jobs_only_of(Session& session, const std::string& app,
                                       const std::vector<std::string>& accounts);

}  // namespace pwreset::db
