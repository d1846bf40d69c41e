// The forms that names of tables and columns take in the configuration.
#pragma once

#include "src/config/reader.h"
#include "src/config/values.h"

namespace pwreset {

constexpr Form identifier = {is_identifier, "a column name", "write letters, digits, '_' and '$', at most 64"};
constexpr Form table_name = {is_table_name, "a table name",
                             "write table or schema.table, in letters, digits, '_', '$'"};

}  // namespace pwreset
