// The forms that several sections of the configuration share: names of tables, columns and hosts.
#pragma once

#include "src/toml/reader.h"
#include "src/toml/values.h"

namespace pwreset {

constexpr Form identifier = {is_identifier, "a column name", "write letters, digits, '_' and '$', at most 64"};
constexpr Form table_name = {is_table_name, "a table name",
                             "write table or schema.table, in letters, digits, '_', '$'"};
constexpr Form host_form = {is_host, "a host name", "write letters, digits, '.', '_', '-' and ':' only"};

}  // namespace pwreset
