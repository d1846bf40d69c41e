// What is past its retention of jobs over many accounts: their rows are kept as long as the audit rows that count them.
#pragma once

#include <cstdint>
#include <functional>

#include "src/base/time.h"
#include "src/context.h"

namespace pwreset {

/// How long something may go on being prepared: who is asked for the number does not think about it for a day.
constexpr Seconds preparing_span{24L * 3600};

/// Deletes rows and pages of jobs that were made before `cut` and have ended, and of those that were prepared and never
/// started, in short transactions; how many rows that were. `breathe` is called between two of them.
std::int64_t purge_job_rows(Context& context, Time cut, const std::function<void()>& breathe);

}  // namespace pwreset
