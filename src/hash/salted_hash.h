// Salted hashes as applications store them of a reset token: made, found where they stand in a text, verified. What
// they are of is a few words of a mail, not a password that somebody chose: so they may be cheap.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/base/env.h"
#include "src/base/secret.h"

namespace pwreset {

enum class SaltedHash {
    bcrypt,            ///< `$2y$04$…`
    phpass,            ///< `$P$B…`, phpass's portable one: MD5, over and over
    pbkdf2_mediawiki,  ///< `:pbkdf2:sha512:30000:64:…:…`
};

/// The work that may be asked for, in each hash's own terms: bcrypt's cost and phpass's logarithm of rounds are powers
/// of two, PBKDF2's are rounds. A stored hash that asks for more is no hash to us: it must not keep this host busy.
struct SaltedWork {
    unsigned least, most;
};
constexpr SaltedWork work_of(SaltedHash hash) {
    switch (hash) {
        case SaltedHash::bcrypt:
            return {4, 15};
        case SaltedHash::phpass:
            return {7, 20};
        case SaltedHash::pbkdf2_mediawiki:
            return {1'000, 1'000'000};
    }
    return {};
}

/// A salted hash with a salt of its own. Throws Error INVALID_INPUT where bcrypt would not take all of `phrase` (it
/// ends at a NUL and at 72 bytes) or nothing is given, INTERNAL_ERROR for a work that is out of bounds.
std::string make_salted(const Env& env, SaltedHash hash, unsigned work, const Secret& phrase);
/// How many characters at the front of a text are such a hash; 0 when none is there.
std::size_t salted_length(SaltedHash hash, std::string_view text);
/// How many characters a hash that make_salted() made with that work has.
std::size_t salted_length(SaltedHash hash, unsigned work);
/// Whether a text, all of it, is such a hash of the phrase, with whatever salt and work. False for a phrase of which
/// make_salted() makes none.
bool verify_salted(SaltedHash hash, std::string_view text, const Secret& phrase);

}  // namespace pwreset
