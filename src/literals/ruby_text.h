// A Ruby initializer as text: the settings that it writes out. Nothing of it runs.
#pragma once

#include <string_view>

#include "src/literals/literal.h"

namespace pwreset {

/// What a line "config.NAME = …" says, also where the one before the dot has another name: a text in quotes, a number,
/// or a span such as "6.hours", as it is written. Moved in deeper than others of its kind, or said twice, it may depend
/// on a condition: then it is computed.
Literal ruby_setting(std::string_view text, std::string_view name);

}  // namespace pwreset
