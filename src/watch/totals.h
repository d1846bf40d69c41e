// What passes over the queue add up to, and how that is told.
#pragma once

#include <string>

#include "src/delivery/worker.h"

namespace pwreset {

/// The numbers of both; with -1 what `a` has beyond `b`.
Pass sum(const Pass& a, const Pass& b, int sign = 1);
/// "12 sent, 0 failed, 1 deferred, 0 dropped", and what was taken back from workers that died.
std::string in_words(const Pass& pass);

}  // namespace pwreset
