// What mails put between the characters of a link. Pure.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "src/token/pasted.h"

namespace pwreset {

/// What may stand between two pieces of a token where a text begins: the damage and its length; a length of 0 where it
/// begins with nothing of the sort.
std::pair<Damage, std::size_t> joint_at(std::string_view text);

}  // namespace pwreset
