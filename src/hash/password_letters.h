// The letters and sizes that stored hashes of passwords are made of.
#pragma once

#include <cstddef>
#include <string_view>

namespace pwreset {

constexpr std::string_view bcrypt_letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t bcrypt_salt = 22;    // characters
constexpr std::size_t bcrypt_digest = 31;  // characters
constexpr std::size_t bcrypt_length = 7 + bcrypt_salt + bcrypt_digest;
constexpr std::size_t bcrypt_setting_length = 7 + 21;  // of the salt's last character four bits count for nothing
constexpr std::size_t sha1_size = 20;
constexpr std::size_t sha256_size = 32;
constexpr std::size_t sha512_size = 64;
constexpr std::size_t better_auth_salt = 16;
constexpr std::size_t better_auth_key = 64;

}  // namespace pwreset
