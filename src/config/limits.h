// The section [limits] of the configuration: how often anything may be asked for.
#pragma once

#include <span>
#include <string_view>

#include "src/base/rate.h"
#include "src/base/time.h"

namespace pwreset {

class ConfigText;

struct LimitsConfig {
    Seconds cooldown{120};  ///< per account and kind
    Rate per_account{10, Seconds{3600}};
    Rate per_recipient{10, Seconds{3600}};
    Rate per_operator{120, Seconds{3600}};
    Rate lookups{300, Seconds{3600}};       ///< inspections, per operator
    Rate agents{1000, Seconds{3600}};       ///< everything started by people
    Rate web{1000, Seconds{3600}};          ///< everything started with --public
    Rate jobs{1000000, Seconds{86400}};     ///< what jobs over many accounts queue
    Rate unapproved{1000, Seconds{86400}};  ///< accounts in the jobs of one operator that no second one has approved
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> limits_keys();
/// No window is longer than `retention`, for which counts are kept. Throws Error CONFIG.
LimitsConfig read_limits(const ConfigText& text, Seconds retention);

}  // namespace pwreset
