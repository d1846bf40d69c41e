// Moments as applications write them into columns and links, and read from there again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/expression/function.h"

namespace pwreset {

/// A moment, in microseconds since 1970, as unix, unix_ms, iso or ts14 writes it; what it does not write is cut off.
/// Throws Error INVALID_INPUT outside the years 0 to 9999.
std::string write_time(Function form, std::int64_t microseconds);
/// The reverse; nothing for a text that write_time() would not write.
std::optional<std::int64_t> read_time(Function form, std::string_view text);

}  // namespace pwreset
