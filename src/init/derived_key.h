// The keys that applications derive from their one great secret for resets alone: all that is kept of it.
#pragma once

#include <string_view>

#include "src/base/secret.h"

namespace pwreset {

/// Devise's: PBKDF2 with SHA-1 of secret_key_base, 65536 rounds, 64 bytes; in hexadecimal.
Secret devise_key(std::string_view secret_key_base);
/// Django's: SHA-256 of the salt of its tokens and SECRET_KEY, 32 bytes; in hexadecimal.
Secret django_key(std::string_view secret_key);

}  // namespace pwreset
