// Whether what waits is being worked off, and what is past keeping deleted: the questions of `doctor`, each answered
// from an index, however many rows there are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

struct QueueState {
    std::optional<Time> due_since;  ///< when the longest-waiting delivery could have been sent
    std::int64_t stranded = 0;      ///< held or claimed by somebody whose lease ran out
    std::int64_t uncertain = 0;     ///< may have arrived, and will be sent again
    std::int64_t in_doubt = 0;      ///< text messages since then that may have been sent, and are not sent again
    std::int64_t failed = 0;        ///< for good, since the time asked for
};
QueueState queue_state(Session& session, const std::string& app, Time since);

/// Writes down that ended links were taken out of the application's tables; at most once a minute.
void note_sweep(Session& session, const std::string& app);
/// When that was written down last.
std::optional<Time> last_sweep(Session& session, const std::string& app);
/// The last purge at or after `since` that the audit trail knows of.
std::optional<Time> last_purge(Session& session, const std::string& app, Time since);
/// How many tokens expired before `cut`, among the `most` oldest of all applications.
std::int64_t tokens_expired_before(Session& session, const std::string& app, Time cut, int most);
/// When the first of pwreset's tables was made.
std::optional<Time> installed_at(Session& session);

}  // namespace pwreset::db
