// Bytes as text: hexadecimal and base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pwreset {

/// Lower-case hexadecimal, two digits a byte.
std::string hex(std::string_view bytes);
/// The reverse; nothing when the text is not whole bytes of hexadecimal digits.
std::optional<std::string> unhex(std::string_view text);
/// Base64 with padding (RFC 4648, section 4), without line breaks.
std::string base64(std::string_view bytes);
/// The reverse; strict: nothing on a foreign character, bad padding or non-zero trailing bits.
std::optional<std::string> unbase64(std::string_view text);

}  // namespace pwreset
