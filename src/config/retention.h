// The section [retention] of the configuration: how long rows are kept.
#pragma once

#include <span>
#include <string_view>

#include "src/base/time.h"

namespace pwreset {

class ConfigText;

struct RetentionConfig {
    Seconds limits{48 * 3600};
    Seconds tokens{30L * 86400};
    Seconds deliveries{90L * 86400};
    Seconds audit{400L * 86400};
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> retention_keys();
/// Throws Error CONFIG.
RetentionConfig read_retention(const ConfigText& text);

}  // namespace pwreset
