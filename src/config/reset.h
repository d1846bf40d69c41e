// The section [reset] of the configuration: links and codes, and where they lead.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "src/base/time.h"

namespace pwreset {

class ConfigText;

struct ResetConfig {
    /// URL with {token}, and where wanted {email}, {id}, {key}, {login}, {reference} and the places of the profile;
    /// empty where the profile has no links.
    std::string link;
    std::string verify_link_url;  ///< page that tells to open the link in the mail; empty = none
    std::string verify_otp_url;   ///< page that takes the code; empty = none
    Seconds link_lifetime{3600};
    Seconds code_lifetime{300};
    bool notify_on_change = true;  ///< mail the account when its password was changed after our token
};

/// How long a link lives that is printed for support: ten minutes at most.
constexpr Seconds printed_lifetime(const ResetConfig& reset) { return std::min(reset.link_lifetime, Seconds(600)); }

/// Its keys, in the order of the manual.
std::span<const std::string_view> reset_keys();
/// Throws Error CONFIG.
ResetConfig read_reset(const ConfigText& text);

}  // namespace pwreset
