// Binary columns in statements: they travel as hexadecimal digits, which both dialects turn into bytes with UNHEX.
#pragma once

#include <optional>
#include <string>

#include "db/session.h"
#include "src/base/encoding.h"

namespace pwreset::db {

/// The digits, or NULL.
inline Value hexed(const std::optional<std::string>& bytes) { return bytes ? Value(hex(*bytes)) : Value(std::nullopt); }

}  // namespace pwreset::db
