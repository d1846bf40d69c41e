// What an application stores enciphered instead of hashed: Magento's tokens. A nonce of 12 bytes, which is
// authenticated too, then ChaCha20-Poly1305 (RFC 8439) with its tag, as libsodium's "ietf" has it; by OpenSSL.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/env.h"
#include "src/base/secret.h"

namespace pwreset {

/// How many bytes the sealed form of so many has.
constexpr std::size_t sealed_length(std::size_t size) { return 12 + size + 16; }
/// Seals with a nonce that is drawn. Throws Error INVALID_INPUT for a key that is not of 32 bytes.
std::string seal_magento(const Env& env, const Secret& key, std::string_view bytes);
/// What was sealed; nothing for what was not, or with another key.
std::optional<Secret> open_magento(const Secret& key, std::string_view sealed);

}  // namespace pwreset
