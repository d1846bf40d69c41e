// The section [public] of the configuration: what the calls of web back ends get.
#pragma once

#include <span>
#include <string_view>

#include "src/base/rate.h"
#include "src/base/time.h"

namespace pwreset {

class ConfigText;

struct PublicConfig {
    enum class Mail { link, code, password };
    Mail email = Mail::link;  ///< what is sent to an e-mail address
    Seconds cooldown{120};    ///< per identity, known or not
    Rate per_identity{10, Seconds{3600}};
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> public_keys();
/// No window is longer than `retention`, for which counts are kept; temporary passwords are handed out only when there
/// are any (`has_passwords`). Throws Error CONFIG.
PublicConfig read_public(const ConfigText& text, Seconds retention, bool has_passwords);

}  // namespace pwreset
