// What a column of the application's can hold, as the server describes an answer: for tables and views alike, and
// without a right besides SELECT.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

enum class Holds {
    text,
    word,  ///< ENUM
    set,   ///< SET: words between commas
    json,
    bytes,
    uuid,  ///< MariaDB's type
    integer,
    decimal,
    real,
    bit,
    time,   ///< a date, or a date with a time
    other,  ///< TIME, YEAR, GEOMETRY, INET6, VECTOR …
};

struct ColumnType {
    Holds holds = Holds::text;
    std::size_t width = 0;     ///< bytes at most
    bool fixed = false;        ///< BINARY, CHAR: padded to its width
    bool zero_filled = false;  ///< ZEROFILL
    bool timestamp = false;    ///< a moment, told in the session's zone; other times are told as they were written
};

/// The types of these columns of a table (quoted already); on SQLite, whose columns hold anything, text.
std::vector<ColumnType> column_types(Session& session, const std::string& table,
                                     const std::vector<std::string>& columns);
/// An expression whose text is the column's value: a number where the wire would carry bits. `table` is "r.", or
/// nothing.
std::string readable(const ColumnType& type, const std::string& column, const std::string& table = {});
/// The type in a message: "a floating number".
const char* name_of(Holds holds);

}  // namespace pwreset::db
