// The top of the configuration file: the name of the application.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pwreset {

class ConfigText;

/// The keys at the top, in the order of the manual.
std::span<const std::string_view> application_keys();
/// The name of the application. Throws Error CONFIG.
std::string read_application(const ConfigText& text);

}  // namespace pwreset
