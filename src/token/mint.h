// New secrets and what is stored of them: pure functions of randomness and keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/base/env.h"
#include "src/base/kind.h"
#include "src/base/secret.h"
#include "src/keys/keyring.h"

namespace pwreset {

/// A code: 6 digits, uniform over 000000 … 999999 (S5).
Secret new_code(const Env& env);

/// What is stored of a link: SHA-256 of what its mail holds in the place of {token}, raw. 256 bits of entropy need no
/// slow hash (ASVS 5.0, 6.5.2).
std::string link_verifier(const Secret& token);
/// What is stored of a code: HMAC-SHA-256 under the application key over "DELIVERY:ATTEMPT:KIND:CODE", raw. The
/// delivery and the attempt make it useless for any other code, the kind for any other purpose.
std::string code_mac(const Secret& key, std::int64_t delivery_id, int attempt, Kind kind, const Secret& code);

/// The code in what a person typed or pasted: digits of any script; blanks, dashes, dots and marks of direction among
/// them are ignored. Empty when it is not six digits.
Secret normalised_code(std::string_view typed);

/// A digest of something personal under our own key, raw: `purpose` keeps a recipient's digest from matching a password
/// mark's.
std::string keyed_digest(const Keyring& own, std::string_view purpose, std::string_view text);
/// Whether that is the text's digest, under whichever of our keys it was made: it may be older than a rotation.
bool is_keyed_digest(const Keyring& own, std::string_view purpose, std::string_view text, std::string_view digest);
/// The same under one key: for finding what was digested before the keys were rotated.
std::string keyed_digest(const Secret& key, std::string_view purpose, std::string_view text);

/// What is stored with a token, so that it is seen whether an account's hash is another one since.
std::string password_mark(const Keyring& own, std::string_view account, std::string_view hash);
/// Whether that is the mark of the account's hash, under whichever of our keys.
bool is_password_mark(const Keyring& own, std::string_view account, std::string_view hash, std::string_view mark);

/// A random (version 4) UUID as text (RFC 9562).
std::string new_uuid(const Env& env);

}  // namespace pwreset
