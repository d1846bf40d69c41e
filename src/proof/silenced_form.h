// A link that keeps the application's own form from mailing one: whoever sits at a web page could so keep anybody from
// being mailed (SPEC §8.11).
#pragma once

#include <optional>

#include "src/apps/profile.h"
#include "src/base/error.h"

namespace pwreset {

/// Why a web page may ask for no link; nothing where the application's form goes on, or the configuration accepts it.
std::optional<Error> silenced_form(const Config& config, const Profile& profile);

}  // namespace pwreset
