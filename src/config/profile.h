// The profile that a configuration stands on: what is known of an application, as a TOML file with the application's
// part of a configuration. A preset, built in, or a file of the site's own. Here it is a text; src/apps reads what it
// says.
#pragma once

#include <sys/types.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

class ConfigText;

/// The keys by which a profile, or a configuration, says what a token is and where it is kept, in the order of the
/// manual.
std::span<const std::string_view> profile_keys();
/// Every key that the file of a profile may hold: those, the application's part of a configuration, and what it says of
/// itself.
std::span<const std::string_view> keys_of_profiles();

/// The names of the presets, sorted.
std::vector<std::string_view> preset_names();
/// The text of a preset; empty when there is none of that name.
std::string_view preset_text(std::string_view name);
/// Whether 'users.profile' names a file, not a preset.
bool names_file(std::string_view profile);

/// The profile that 'users.profile' of a configuration names, "native" when it names none. `uid` is us: whose files are
/// trusted beside root's. Throws Error CONFIG.
std::shared_ptr<const ConfigText> profile_of(const ConfigText& text, uid_t uid);

}  // namespace pwreset
