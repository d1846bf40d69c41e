// Whether a value of the application's is what a condition asks for.
#pragma once

#include <optional>
#include <string>

#include "db/app/account_source.h"

namespace pwreset::db {

/// Whether a value meets the tests of a condition: all of those that it has. What its table and `none` make of that is
/// left to who has the rows.
bool meets(const Condition& condition, const std::optional<std::string>& value);
/// Whether it holds more than NULL, nothing, 0 or a time that stands for none.
bool is_set(const std::optional<std::string>& value);

}  // namespace pwreset::db
