// What an operator typed to name an account: an e-mail address, a phone number, `id:42` or `login:bob`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/app/accounts.h"
#include "src/base/error.h"

namespace pwreset {

struct Identity {
    db::AccountKey key = db::AccountKey::email;
    std::string text;                      ///< without the prefix; a phone number in E.164
    std::vector<std::string> spellings{};  ///< how tables may hold it: a number, an address in letters or punycode
    std::string region{};                  ///< of a phone number: the country of stored ones without a code
    std::string tail{};                    ///< of a phone number: its last digits, which every form of it ends with
    std::string with_blanks{};             ///< of a key or login: the same with the blanks that were typed around it
};

/// INVALID_IDENTITY, and the same fault without a word of what was typed: of files no text is told.
struct InvalidIdentity : Error {
    InvalidIdentity(const std::string& fault, const std::string& next_step, std::string without_text);
    std::string plain;  ///< "not an e-mail address"
};

/// Reads an identity, without what surrounds it where it was copied from: blanks, brackets, "mailto:". Throws
/// InvalidIdentity that names what is wrong (a control or invisible character, bad UTF-8, more than 254 bytes, no
/// address, no number). `phone_region` is the country of numbers without a code; empty when the application has no
/// phone numbers: then none is read.
Identity parse_identity(std::string_view typed, const std::string& phone_region);
/// "; it holds U+00A0": a character that looks like nothing, or like another, where only ASCII is expected beside it;
/// empty when there is none.
std::string odd_character(std::string_view text);
/// The same in one spelling, whichever way it was typed, as it may be counted: "ana@example.com", "+989121234567",
/// "id:42", "login:bob".
std::string normal_form(const Identity& identity);

}  // namespace pwreset
