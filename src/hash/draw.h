// Random text over an alphabet.
#pragma once

#include <cstddef>
#include <string_view>

#include "src/base/env.h"
#include "src/base/secret.h"

namespace pwreset {

/// So many letters, each of the alphabet's (2 to 256, all different) as likely as the others.
Secret draw_letters(const Env& env, std::string_view letters, std::size_t size);

}  // namespace pwreset
