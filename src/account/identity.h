// What an operator typed to name an account: an e-mail address, `id:42` or `login:bob`.
#pragma once

#include <string>
#include <string_view>

#include "db/accounts.h"

namespace pwreset {

struct Identity {
    db::AccountKey key = db::AccountKey::email;
    std::string text;  ///< without the prefix
};

/// Reads an identity; throws Error INVALID_IDENTITY that names what is wrong (a control or invisible character, bad
/// UTF-8, more than 254 bytes, no address). Spaces around it are not forgiven: they may be part of what the database
/// would compare.
Identity parse_identity(std::string_view typed);
/// ASCII letters in lower case, all else as it is.
std::string ascii_lower(std::string_view text);

}  // namespace pwreset
