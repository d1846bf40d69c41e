// Words compared as people read them: capitals and the blanks around them make no difference, in any script.
#pragma once

#include <string>
#include <string_view>

namespace pwreset {

/// Letters of all scripts in lower case, one character for one; invalid bytes as they are. Nothing is normalised.
std::string fold_case(std::string_view text);
/// Whether a character takes room, or none, and shows nothing: blanks of all kinds, marks of direction, zero-width
/// ones.
bool is_blank(char32_t c);
/// Without the blanks and NULs around it.
std::string_view trimmed(std::string_view text);

}  // namespace pwreset
