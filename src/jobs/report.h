// What became of each account of a job.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "db/own/bulk_jobs.h"
#include "src/context.h"

namespace pwreset {

/// One line a user.
struct Reported {
    std::optional<std::int64_t> line{};  ///< of the file
    std::optional<std::string> typed{};  ///< the identity as it stands there
    std::optional<std::string> account{};
    std::string outcome;                   ///< sent, failed, refused, deferred, queued, waiting, uncertain, superseded,
                                           ///< cancelled, revoked, erased
    std::optional<std::string> code{};     ///< why it was refused, or its delivery ended
    std::optional<std::string> message{};  ///< the same in words
    std::optional<std::int64_t> delivery{};
    std::optional<std::string> relay{}, answer{};  ///< who said what last
    std::optional<Time> finished_at{};
};

/// Hands over each line: those of a file in its order, then those of a selection by the account. Reads page by page.
void report_job(Context& context, const db::BulkJob& job, const std::function<void(const Reported&)>& tell);

/// Lines by outcome.
using Outcomes = std::map<std::string, std::int64_t>;
Outcomes outcomes_of(Context& context, const db::BulkJob& job);
/// How many were to get something and did not, or may not have.
std::int64_t failures_in(const Outcomes& outcomes);

}  // namespace pwreset
