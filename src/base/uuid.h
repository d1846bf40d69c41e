// UUIDs however they are spelled: with dashes or without, in braces, as a URN, in capitals, and as the sixteen bytes
// that databases pack them into.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pwreset {

/// The sixteen bytes of "6ba7b810-9dad-11d1-80b4-00c04fd430c8", of the same without dashes, in braces, after
/// "urn:uuid:" or in capitals; nothing for any other text.
std::optional<std::string> uuid_bytes(std::string_view text);
/// Sixteen bytes in lower case, with dashes.
std::string uuid_text(std::string_view bytes);
/// With the parts of its time in the order of MySQL's UUID_TO_BIN(uuid, 1), or back from there.
std::string with_time_first(std::string_view bytes);
std::string with_time_restored(std::string_view bytes);

}  // namespace pwreset
