// Binary columns in statements: they travel as hexadecimal digits, which both dialects turn into bytes with UNHEX.
#pragma once

#include <optional>
#include <string>

#include "db/session.h"
#include "src/base/encoding.h"

namespace pwreset::db {

/// The digits, or NULL.
inline Value hexed(const std::optional<std::string>& bytes) { return bytes ? Value(hex(*bytes)) : Value(std::nullopt); }

/// The bytes of a column that was selected as HEX(column); nothing for NULL.
inline std::optional<std::string> bytes_of(const Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : unhex(row.text(column));
}

}  // namespace pwreset::db
