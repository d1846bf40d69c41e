// A moment on the command line: a time with its offset, a date, or an age.
#pragma once

#include <optional>
#include <string>

#include "src/base/time.h"

namespace pwreset {

/// "2026-03-01T12:00:00+01:00", "2026-03-01" (midnight UTC) or "2h" (before `now`). Throws Error USAGE that names the
/// option for anything else.
std::optional<Time> parse_moment(const std::string& option, const std::optional<std::string>& text, Time now);

}  // namespace pwreset
