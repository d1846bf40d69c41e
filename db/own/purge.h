// Deleting what is past its retention, in batches that walk an index with a watermark: the head of the index, full of
// rows that InnoDB has not yet removed, is never read again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

/// What can be purged, each by a time of its own; deliveries of jobs over many accounts apart from others.
enum class Purgeable { tokens, deliveries, job_deliveries, jobs, limits, web_limits, intake };

/// How far a walk has come: everything up to this row was looked at.
struct Watermark {
    std::string time = "1000-01-01 00:00:00";
    std::string key;      ///< the tie-breaker among equal times
    bool at_end = false;  ///< nothing older than the cut is left
};

/// Deletes the next `most` rows (of any application's that share the table: only `app`'s) older than `cut`, moves the
/// watermark, and answers how many went; nothing when the walk is at its end. One transaction of its own.
std::optional<std::int64_t> purge_batch(Session& session, Purgeable what, const std::string& app, Time cut, int most,
                                        Watermark& mark);
/// Moves the watermark past the next row, which stays.
void pass_over(Session& session, Purgeable what, Time cut, Watermark& mark);
/// How many rows that would be altogether.
std::int64_t count_purgeable(Session& session, Purgeable what, const std::string& app, Time cut);

}  // namespace pwreset::db
