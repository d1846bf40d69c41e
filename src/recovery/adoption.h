// An application was renamed in the configuration: what lies under its former name becomes its own again.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "src/context.h"

namespace pwreset {

/// What was taken over, by table, and how many older tokens gave way to newer ones.
struct Adopted {
    std::vector<std::pair<std::string, std::int64_t>> rows;
    std::int64_t superseded = 0;

    /// "2 tokens, 1 deliveries, …".
    std::string in_words() const;
};

/// Tokens, deliveries with their jobs and calls of web back ends get our name, in short transactions, and the audit
/// trail an entry. Counters are left to lapse, and the former trail keeps its name, which its MACs cover. To be run
/// again after a kill. Throws Error USAGE where nothing lies under the name, CONFIG where the keys are others than
/// those of that time, UNAVAILABLE while somebody works under it.
Adopted adopt(Context& context, const std::string& former);

}  // namespace pwreset
