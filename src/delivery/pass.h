// What a pass over the queue did.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "src/base/channel.h"
#include "src/base/error.h"

namespace pwreset {

struct Pass {
    std::int64_t sent = 0;
    std::int64_t failed = 0;                       ///< for good
    std::int64_t deferred = 0;                     ///< temporary failures and unknown outcomes: tried again later
    std::int64_t in_doubt = 0;                     ///< text messages of unknown outcome: never tried again
    std::int64_t dropped = 0;                      ///< refused, superseded or done already when their turn came
    std::int64_t taken_back = 0;                   ///< from workers that died
    std::map<std::int64_t, std::string> subjects;  ///< by delivery; of what this process held
    std::map<Channel, Error> unavailable;          ///< what could not be opened: its messages stay queued

    /// How many are done with, for now or for good.
    std::int64_t moved() const { return sent + failed + deferred + in_doubt + dropped; }
};

}  // namespace pwreset
