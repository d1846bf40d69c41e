// What a preset says for `init`: the marks it is known by in a schema, and its names of tables where a site begins them
// otherwise.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/init/detection.h"
#include "src/init/facts.h"

namespace pwreset {

/// The marks of every preset that has some.
std::vector<Signature> preset_signatures();
/// The keys of a preset in which names of tables begin as it has them, written anew with the site's prefix; nothing
/// where the two are equal, or where the preset has no names that a site may choose.
std::vector<Setting> settings_of_prefix(std::string_view preset, const std::string& prefix);
/// The secrets that a preset reads from files, to be asked for.
std::vector<WantedSecret> secrets_of_preset(std::string_view preset);
/// Whether times in the application's tables are of a zone that the site has to say.
bool preset_needs_zone(std::string_view preset);
/// Whether a section of the preset has the key: a secret's name in "secrets", "protected" in "users".
bool preset_has(std::string_view preset, std::string_view section, std::string_view key);

}  // namespace pwreset
