// What became of the codes that were sent as text messages.
#pragma once

#include <cstdint>
#include <string>

#include "db/session.h"

namespace pwreset::db {

struct CodesUsed {
    std::int64_t sent = 0;
    std::int64_t used = 0;
};
/// Of the newest `most` codes that were sent as text messages since then and whose time was over at `now`. One whose
/// message was refused does not count; one that is in doubt does.
CodesUsed text_codes(Session& session, const std::string& app, Time since, Time now, int most);

}  // namespace pwreset::db
