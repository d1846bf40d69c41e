// A stretch of delivery ids: how work on all of a table is cut into short transactions.
#pragma once

#include <cstdint>

namespace pwreset::db {

/// Ids above `after`, up to and including `to`.
struct IdRange {
    std::int64_t after = 0;
    std::int64_t to = 0;
};

}  // namespace pwreset::db
