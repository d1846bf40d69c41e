// The section [keys] of the configuration: where the keys of the application are.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace pwreset {

class ConfigText;

/// Its keys, in the order of the manual.
std::span<const std::string_view> keys_keys();
/// The folder of application.key and pwreset.key; unless said, APPLICATION.keys beside the file. Throws Error CONFIG.
std::filesystem::path read_keys_folder(const ConfigText& text, const std::string& application);

}  // namespace pwreset
