// A text with the escapes undone that mails and filters put into links. Pure.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "src/token/pasted_text.h"

namespace pwreset {

/// The text as it is, and with each combination of escapes undone that it has: quoted-printable, entities, twice
/// percent-encoding. Each knows where in the text its characters stand.
std::vector<PastedText> layers_of(std::string_view text);

/// Where in a word the second link begins, at its "://", percent-encoded or not; npos when it holds one at most.
std::size_t second_link(std::string_view word);
/// Where the first entity is; npos when there is none.
std::size_t first_entity(std::string_view text);

}  // namespace pwreset
