// Encodings of what may be secret: written, and read back where they are what would be written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/base/secret.h"
#include "src/expression/function.h"

namespace pwreset {

/// The bytes, wiped where they stood.
Secret kept(std::string&& bytes);

/// As hex, base64, base64url (without padding), base36 (of a decimal number) or undashed (of a UUID) writes it. Throws
/// Error INVALID_INPUT for what is no number below 2^64, or no UUID.
Secret encode(Function form, std::string_view bytes);
/// The reverse; nothing for a text that encode() would not write.
std::optional<Secret> decode(Function form, std::string_view text);

/// The text as PHP's json_encode() quotes it: ASCII only, '/' escaped. Throws Error INVALID_INPUT for what is not
/// UTF-8.
Secret json_quoted(std::string_view text);
/// Java's hash of a text's UTF-16, without its sign, in hexadecimal: what Directus makes of a password's hash. Throws
/// Error INVALID_INPUT for what is not UTF-8.
std::string java_hash(std::string_view text);

}  // namespace pwreset
