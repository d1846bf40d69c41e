// Bytes as text: hexadecimal, base64, and as a URL holds them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/base/secret.h"

namespace pwreset {

/// The digits of `hex`, for those who write them into a Secret.
inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// Lower-case hexadecimal, two digits a byte.
std::string hex(std::string_view bytes);
/// The reverse; nothing when the text is not whole bytes of hexadecimal digits.
std::optional<std::string> unhex(std::string_view text);
/// Base64 with padding (RFC 4648, section 4), without line breaks.
std::string base64(std::string_view bytes);
/// The reverse; strict: nothing on a foreign character, bad padding or non-zero trailing bits.
std::optional<std::string> unbase64(std::string_view text);
/// Percent-encoded (RFC 3986, section 2): all but letters, digits and "-._~".
Secret percent_encoded(std::string_view text);

}  // namespace pwreset
