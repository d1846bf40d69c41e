// The worker as a service: works off the queue, waits for more, and outlives the database, the relay and the keys.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "src/context.h"
#include "src/delivery/worker.h"
#include "src/service/outage.h"

namespace pwreset {

/// Makes what feeds a worker: another worker, with other keys, needs another one. May be empty.
using FeedMaker = std::function<Worker::Feed(Context&)>;

struct WatchOptions {
    FeedMaker feed{};
    /// Written anew every few seconds (src/delivery/metrics.h); what keeps it from that is said once.
    std::optional<std::filesystem::path> metrics{};
};

/// Runs until a signal comes; what it did. What cannot be right is an Error at the start; later the database, the relay
/// or a key that is away is said in the log and waited for. Throws Error UNAVAILABLE when a signal ends it while the
/// database is away and a mark could not be written.
Pass watch(Context& context, const ServiceLog& log, const WatchOptions& options = {});

}  // namespace pwreset
