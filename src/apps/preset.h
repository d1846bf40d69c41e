// A preset by itself: what it says, without a site that stands on it.
#pragma once

#include <string>

#include "src/apps/profile.h"

namespace pwreset {

/// A preset with a configuration that says nothing of its own: to look at, not to work with.
struct Preset {
    Config config;
    Profile profile;
};
/// Throws Error USAGE for a name that no preset has, CONFIG for one that does not load.
Preset preset_by_name(const std::string& name);

}  // namespace pwreset
