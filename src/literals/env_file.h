// A file of variables, ".env", as PHP's and Node's libraries read it: of what they would put together from other
// variables or from commands, nothing is known here.
#pragma once

#include <string_view>

#include "src/literals/literal.h"

namespace pwreset {

/// What the text says of a variable; where it does so several times, the last one counts.
Literal env_value(std::string_view text, std::string_view name);

}  // namespace pwreset
