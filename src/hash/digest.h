// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), by OpenSSL.
#pragma once

#include <string>
#include <string_view>

#include "src/base/secret.h"

namespace pwreset {

/// 32 raw bytes.
std::string sha256(std::string_view bytes);
/// 32 raw bytes.
std::string hmac_sha256(const Secret& key, std::string_view bytes);
/// Equality in a time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace pwreset
