// Digests (FIPS 180-4, RFC 1321), their HMACs (RFC 2104) and keyed BLAKE2b (RFC 7693), by OpenSSL. MD5 and SHA-1 are
// what older applications store; nothing of our own rests on them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/base/secret.h"

namespace pwreset {

/// 16 raw bytes.
std::string md5(std::string_view bytes);
/// 20 raw bytes.
std::string sha1(std::string_view bytes);
/// 32 raw bytes.
std::string sha256(std::string_view bytes);
/// 64 raw bytes.
std::string sha512(std::string_view bytes);
/// 20 raw bytes.
std::string hmac_sha1(const Secret& key, std::string_view bytes);
/// 32 raw bytes.
std::string hmac_sha256(const Secret& key, std::string_view bytes);
/// 64 raw bytes.
std::string hmac_sha512(const Secret& key, std::string_view bytes);

constexpr std::size_t longest_blake2b_key = 64;
/// BLAKE2b with a key of 1 to 64 bytes, of `size` raw bytes, 64 at most. Throws Error INTERNAL_ERROR for others.
std::string blake2b(const Secret& key, std::string_view bytes, std::size_t size);

/// Equality in a time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace pwreset
