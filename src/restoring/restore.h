// 'migrate --restored': after a backup was restored, or a server took over without the last writes, the tables say of
// the time since what is not so. Ids and numbers go on past all that were used, what was live or queued ends, and the
// audit trail gets a statement that heads of lost rows are explained by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/own/restoring.h"
#include "src/base/grounds.h"
#include "src/context.h"
#include "src/keys/host_mark.h"

namespace pwreset {

struct Restored {
    std::vector<db::OpenDelivery> not_sent;  ///< of those that were cancelled, the first thousand
    std::int64_t deliveries = 0;             ///< cancelled, or (dry run) open
    std::int64_t tokens = 0;                 ///< made void, or live
    std::int64_t passwords = 0;              ///< temporary passwords that are made void where they still are stored
    std::int64_t news = 0;                   ///< of changed passwords, not told any more
    std::int64_t requests = 0;               ///< of web back ends, dropped
    std::int64_t values = 0;                 ///< taken out of the application's tables
    std::int64_t beyond = 0;                 ///< links that nothing but the application ends
    std::optional<Time> until{};             ///< how long the last of those lives
    Numbers used;                            ///< what may have been used before; the next numbers are larger
    std::string left;                        ///< what could not be done now, and is left to 'deliver'
};

/// What it would be: changes nothing.
Restored count_restored(Context& context);
/// Does it, in short transactions, each with its audit row; may be repeated when it was interrupted. Until it is
/// through nothing is sent on any host. Throws Error as every access to the database, INTERRUPTED after a signal.
Restored restore(Context& context, const Grounds& grounds);

}  // namespace pwreset
