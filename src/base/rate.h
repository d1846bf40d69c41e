// How often something may be done.
#pragma once

#include <cstdint>

#include "src/base/time.h"

namespace pwreset {

/// A rate such as "10/h": at most `count` in a window that starts with the first.
struct Rate {
    std::int64_t count = 0;
    Seconds window{3600};
};

}  // namespace pwreset
