// The worker as a service: works off the queue, waits for more, and outlives the database, the relay and the keys.
#pragma once

#include <functional>
#include <string>

#include "src/context.h"
#include "src/queue/worker.h"
#include "src/service/outage.h"

namespace pwreset {

/// "12 sent, 0 failed, 1 deferred, 0 dropped", and what was taken back from workers that died.
std::string in_words(const Pass& pass);

/// Makes what feeds a worker: another worker, with other keys, needs another one. May be empty.
using FeedMaker = std::function<Worker::Feed(Context&)>;

/// Runs until a signal comes; what it did. What cannot be right is an Error at the start; later the database, the relay
/// or a key that is away is said in the log and waited for. Throws Error UNAVAILABLE when a signal ends it while the
/// database is away and a mark could not be written.
Pass watch(Context& context, const ServiceLog& log, const FeedMaker& feed = {});

}  // namespace pwreset
