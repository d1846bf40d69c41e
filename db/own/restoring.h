// What is done with the rows of a restored backup: what they say of the time since is not so any more.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/id_range.h"
#include "db/session.h"
#include "src/base/channel.h"
#include "src/base/kind.h"

namespace pwreset::db {

/// A delivery that had not ended when the backup was made.
struct OpenDelivery {
    std::int64_t id = 0;
    std::string account;
    Kind kind = Kind::link;
    Channel channel = Channel::email;
    Time queued_at;
};
/// Those of a stretch of ids, news of changed passwords included. They are locked until the transaction ends.
std::vector<OpenDelivery> lock_open_deliveries(Session& session, const std::string& app, const IdRange& ids);
/// Ends them: `cancelled`, because of the restore. The number.
std::int64_t cancel_restored(Session& session, const std::string& app, const IdRange& ids);
/// Temporary passwords that may have been stored are due to be made void now; the number.
std::int64_t hurry_stored_passwords(Session& session, const std::string& app);
/// News of changed passwords that seems to be owed is not told any more: it may have been. The number.
std::int64_t drop_owed_news(Session& session, const std::string& app);
/// What web back ends asked for may have been handled. The number of what is dropped.
std::int64_t drop_intake(Session& session, const std::string& app);

}  // namespace pwreset::db
