// The sections of the configuration file: what each key means, and what it may hold.
#pragma once

#include <span>
#include <string_view>

#include "src/config/config.h"
#include "src/config/connections.h"
#include "src/config/reader.h"

namespace pwreset {

/// Every key of the file, in the order of the manual. Reading any other is an internal error.
std::span<const std::string_view> known_keys();

/// A rate whose window is at most `longest`: what a count is kept for. Throws Error CONFIG.
Rate read_rate(const Section& section, std::string_view key, const Rate& fallback, Seconds longest);

/// Reads and checks every section. Passwords stay empty when there is no `source`. Throws Error CONFIG.
Config read_sections(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
