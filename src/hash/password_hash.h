// How an application stores its passwords: recognised in the hashes it has, and made again, with the same parameters,
// for a password of ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "src/base/env.h"
#include "src/base/secret.h"

namespace pwreset {

/// `$2y$12$…`, as PHP, Ruby, Python and libxcrypt write it.
struct BcryptFormat {
    char version = 'y';  ///< y, b or a: verifiers differ in which of them they take, so it is kept
    int cost = 12;       ///< the logarithm of the number of rounds
    friend bool operator==(const BcryptFormat&, const BcryptFormat&) = default;
};

/// `$argon2id$v=19$m=65536,t=4,p=1$…` (RFC 9106).
struct Argon2idFormat {
    std::uint32_t memory = 65536;  ///< KiB
    std::uint32_t passes = 4;
    std::uint32_t lanes = 1;
    std::size_t salt = 16;    ///< bytes
    std::size_t digest = 32;  ///< bytes
    friend bool operator==(const Argon2idFormat&, const Argon2idFormat&) = default;
};

/// `pbkdf2_sha256$260000$…`, Django's own.
struct DjangoFormat {
    std::uint32_t iterations = 260000;
    std::size_t salt = 22;  ///< characters
    friend bool operator==(const DjangoFormat&, const DjangoFormat&) = default;
};

using PasswordFormat = std::variant<BcryptFormat, Argon2idFormat, DjangoFormat>;

/// The format of a stored hash. Nothing for one we do not write, and for one whose parameters are outside our bounds:
/// what a row says must not keep this host busy for minutes, or take all of its memory.
std::optional<PasswordFormat> password_format(std::string_view hash);
/// What a stored hash is, in words without anything of its salt and digest: "bcrypt $2y$ of cost 12", or of one that
/// is not supported "bcrypt $2y$ of cost 31, which is out of bounds", "phpass (WordPress before 6.8)", "unknown".
std::string name_of_hash(std::string_view hash);
/// Whether it is no hash but empty, or one of the marks by which frameworks say "signs in elsewhere": Django's '!',
/// passwd's '*'.
bool is_mark(std::string_view hash);
/// The format most of the hashes have, parameters included; of several the one that comes first. Nothing when that is
/// one we do not write, or none is usable. Marks are not asked.
std::optional<PasswordFormat> prevailing_format(const std::vector<std::string>& hashes);
/// The name of the first of them that is of another format; empty when there is none.
std::string name_of_foreign(const std::vector<std::string>& hashes);
/// The words for the formats there are, for messages.
constexpr const char* supported_formats = "bcrypt ($2y$, $2b$, $2a$), Argon2id and Django's pbkdf2_sha256";

/// The longest password that every format takes whole: bcrypt ignores what comes after 72 bytes.
constexpr std::size_t longest_password = 72;
/// The hash of a password, with a salt of its own. Throws Error INVALID_INPUT for a password that is empty, too long
/// or holds a NUL (bcrypt would end there); UNAVAILABLE when there is not enough memory for the format.
std::string hash_password(const Env& env, const PasswordFormat& format, const Secret& password);
/// Whether a text is a bcrypt hash of the password, of $2y$, $2b$ or $2a$ and a cost within our bounds. False for what
/// hash_password() would not hash.
bool verify_bcrypt(std::string_view hash, const Secret& password);
/// A text of that format and nobody's password: salt and digest are random. A verifier answers "wrong password", as to
/// any other, and the account can still be reset; a mark such as '!' or '*' would say that it signs in elsewhere, which
/// Django's reset form and we refuse, and Laravel's hasher fails on it.
std::string hash_of_nothing(const Env& env, const PasswordFormat& format);
/// How many characters a hash of the format has: the column must be as wide.
std::size_t hash_length(const PasswordFormat& format);

}  // namespace pwreset
