// Rates such as "10/h" in the configuration.
#pragma once

#include <string_view>

#include "src/base/rate.h"
#include "src/toml/reader.h"

namespace pwreset {

/// A rate whose window is at most `longest`: what a count is kept for. Throws Error CONFIG.
Rate read_rate(const Section& section, std::string_view key, const Rate& fallback, Seconds longest);

}  // namespace pwreset
