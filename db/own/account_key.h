// The key by which our tables name an account of the application.
#pragma once

#include <cstddef>

namespace pwreset::db {

/// What the columns `account` hold of it, in bytes. A longer key names no account that can be reset.
constexpr std::size_t longest_key = 64;

}  // namespace pwreset::db
