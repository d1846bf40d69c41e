// The sections of the configuration file, put together: their keys, and what they say.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "src/config/config.h"

namespace pwreset {

class ConfigText;
struct SecretSource;

/// Every key of the file, in the order of the manual. Reading any other is an internal error.
std::span<const std::string_view> known_keys();

/// Puts the file on the profile that it names, then reads and checks every section. Passwords stay empty when there is
/// no `source`. Throws Error CONFIG.
Config read_sections(const std::shared_ptr<ConfigText>& file, const SecretSource* source);

}  // namespace pwreset
