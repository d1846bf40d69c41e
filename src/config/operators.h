// The section [operators] of the configuration: who may do what.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

class ConfigText;

/// Unix group (or "user:NAME") → capabilities.
using OperatorsConfig = std::map<std::string, std::vector<std::string>>;

/// Its keys, in the order of the manual.
std::span<const std::string_view> operators_keys();
/// Nothing when the section is not there: then only the owner of the file may do anything. Throws Error CONFIG.
std::optional<OperatorsConfig> read_operators(const ConfigText& text);

}  // namespace pwreset
