// What an operator typed to name an account: an e-mail address, a phone number, `id:42` or `login:bob`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/app/accounts.h"

namespace pwreset {

struct Identity {
    db::AccountKey key = db::AccountKey::email;
    std::string text;                      ///< without the prefix; a phone number in E.164
    std::vector<std::string> spellings{};  ///< of a phone number: how tables may hold it
    std::string region{};                  ///< of a phone number: the country of stored ones without a code
};

/// Reads an identity; throws Error INVALID_IDENTITY that names what is wrong (a control or invisible character, bad
/// UTF-8, more than 254 bytes, no address, no number). Spaces around it are not forgiven: they may be part of what the
/// database would compare. `phone_region` is the country of numbers without a code; empty when the application has no
/// phone numbers: then none is read.
Identity parse_identity(std::string_view typed, const std::string& phone_region);
/// The same in one spelling, whichever way it was typed, as it may be counted: "ana@example.com", "+989121234567",
/// "id:42", "login:bob".
std::string normal_form(const Identity& identity);

}  // namespace pwreset
