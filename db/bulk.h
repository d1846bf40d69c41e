// Many rows in few statements: array binding where the server takes it (MariaDB), multi-row VALUES elsewhere (MySQL).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// Inserts all rows, or throws (Duplicate, Conflict, Lost, Error): call it inside a transaction. `into` is the
/// statement up to and including VALUES, `tuple` one row's expressions with a `?` for each value: "(?, UNHEX(?), ?)".
void bulk_insert(Session& session, std::string_view into, std::string_view tuple,
                 const std::vector<std::vector<Value>>& rows);

/// Runs the statement, with a `?` for each value, once for each row of values: in arrays on MariaDB, one by one
/// elsewhere and where there are only a few. How many rows were matched altogether.
std::int64_t bulk_update(Session& session, std::string_view sql, const std::vector<std::vector<Value>>& rows);

}  // namespace pwreset::db
