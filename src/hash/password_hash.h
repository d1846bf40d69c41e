// Passwords made into what an application stores of them, in its own format.
#pragma once

#include <cstddef>
#include <string>

#include "src/base/env.h"
#include "src/base/secret.h"
#include "src/hash/password_format.h"

namespace pwreset {

/// What is stored of a password.
struct PasswordHash {
    std::string text;
    std::string salt{};  ///< of a format that keeps it in a column of its own; else empty
    friend bool operator==(const PasswordHash&, const PasswordHash&) = default;
};

/// The longest password that every format takes whole: bcrypt ignores what comes after 72 bytes.
constexpr std::size_t longest_password = 72;
/// The hash of a password, with a salt of its own. Behind the password comes the application's pepper, if it has one;
/// only plain bcrypt knows such a thing. Throws Error INVALID_INPUT for a password that is empty, too long, holds a NUL
/// (bcrypt would end there), or would be another one to the application, which trims or normalises it; UNAVAILABLE when
/// there is not enough memory for the format.
PasswordHash hash_password(const Env& env, const PasswordFormat& format, const Secret& password,
                           std::string_view pepper = {});
/// Whether a text is a bcrypt hash of the password, of $2y$, $2b$ or $2a$ and a cost within our bounds. False for what
/// hash_password() would not hash.
bool verify_bcrypt(std::string_view hash, const Secret& password);
/// A text of that format and nobody's password: salt and digest are random. A verifier answers "wrong password", as to
/// any other, and the account can still be reset; a mark such as '!' or '*' would say that it signs in elsewhere, which
/// Django's reset form and we refuse, and Laravel's hasher fails on it.
PasswordHash hash_of_nothing(const Env& env, const PasswordFormat& format);
/// How many characters a hash of the format has: the column must be as wide.
std::size_t hash_length(const PasswordFormat& format);

}  // namespace pwreset
