// An identity as it comes out of mail programs, spreadsheets and chats, without what surrounds it there.
#pragma once

#include <string>
#include <string_view>

namespace pwreset {

/// Takes off blanks of all kinds and marks of direction, "Ana Weber <…>", quotes and brackets, "mailto:" and "tel:",
/// and the comma or full stop behind. What begins with "id:" or "login:" only loses the blanks around it.
std::string without_wrapping(std::string_view typed);
/// Without the marks of direction that programs put around numbers, wherever they stand.
std::string without_directions(std::string_view text);

}  // namespace pwreset
