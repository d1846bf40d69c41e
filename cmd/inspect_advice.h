// What the agent does next, in one sentence.
#pragma once

#include <functional>
#include <string>

#include "src/recovery/inspect.h"

namespace pwreset {

/// How a time is written.
using TimeText = std::function<std::string(Time)>;

/// The next step for this account as it is: the first thing that stands in the user's way, or what to look for.
std::string advice(const Inspection& found, const TimeText& when);

}  // namespace pwreset
