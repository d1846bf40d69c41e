// The functions of MySQL that our statements use, given to SQLite, so that one text serves both dialects.
#pragma once

#include <functional>

#include "src/base/time.h"

struct sqlite3;

namespace pwreset::db {

/// Adds UTC_TIMESTAMP(6) (text, like our DATETIME(6) columns), UNHEX(text), and HEX(bytes) that is NULL for NULL to a
/// connection. `clock` must outlive it; empty = the host's.
void add_sqlite_functions(sqlite3* connection, const std::function<Time()>& clock);

}  // namespace pwreset::db
