// How applications store their passwords: the formats that are written here, recognised in the hashes there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pwreset {

/// How a bcrypt hash stands in its column, and of what it is.
enum class BcryptLayout {
    plain,      ///< `$2y$12$…`, of the password, as PHP, Ruby, Python, Node and libxcrypt write it
    wordpress,  ///< `$wp$2y$12$…` (since 6.8), of a digest of the password: bcrypt would read 72 bytes of it
    mediawiki,  ///< `:bcrypt:12$SALT$DIGEST`
};

struct BcryptFormat {
    char version = 'y';  ///< y, b or a: verifiers differ in which of them they take, so it is kept
    int cost = 12;       ///< the logarithm of the number of rounds
    BcryptLayout layout = BcryptLayout::plain;
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

/// `pbkdf2_sha256$1000000$…`, Django's own.
struct DjangoFormat {
    std::uint32_t iterations = 1'000'000;
    std::size_t salt = 22;  ///< characters
    friend bool operator==(const DjangoFormat&, const DjangoFormat&) = default;
};

/// `:pbkdf2:sha512:30000:64:…`, MediaWiki's own.
struct MediaWikiFormat {
    bool sha512 = true;  ///< else sha256
    std::uint32_t rounds = 30'000;
    std::size_t salt = 16;    ///< bytes
    std::size_t digest = 64;  ///< bytes
    friend bool operator==(const MediaWikiFormat&, const MediaWikiFormat&) = default;
};

/// `SALT:KEY` in hexadecimal, scrypt of N=16384, r=16, p=1, which the text does not say.
struct BetterAuthFormat {
    friend bool operator==(const BetterAuthFormat&, const BetterAuthFormat&) = default;
};

/// 40 digits, with the salt in a column of its own: SHA-1 of it and the digits of the SHA-1 of the password.
struct RedmineFormat {
    friend bool operator==(const RedmineFormat&, const RedmineFormat&) = default;
};

using PasswordFormat =
    std::variant<BcryptFormat, Argon2idFormat, DjangoFormat, MediaWikiFormat, BetterAuthFormat, RedmineFormat>;

/// The format of a stored hash. Nothing for one we do not write, and for one whose parameters are outside our bounds:
/// what a row says must not keep this host busy for minutes, take all of its memory, or protect a password by next to
/// nothing.
std::optional<PasswordFormat> password_format(std::string_view hash);
/// Whether it is no hash but empty, or one of the marks by which frameworks say "signs in elsewhere": Django's '!',
/// passwd's '*'.
bool is_mark(std::string_view hash);
/// Whether guesses at its hashes cost next to nothing, so that the password itself has to be out of reach.
bool is_fast(const PasswordFormat& format);
/// Whether its salt stands in a column of its own.
bool has_salt_apart(const PasswordFormat& format);

/// What hashes of a format are, in words: algorithm and parameters, as in "bcrypt $2y$ of cost 12".
std::string form_of(const PasswordFormat& format);
/// The same of a stored hash, without anything of its salt and digest; also of one that is not written here. Empty for
/// a mark and for what is not known.
std::string form_of_hash(std::string_view hash);
/// The same for people: "bcrypt $2y$ of cost 31, which is out of bounds", "phpass (WordPress before 6.8) of 2^13
/// rounds", "unknown".
std::string name_of_hash(std::string_view hash);

/// The formats that are written, by the names that a configuration gives them.
std::vector<std::string> format_names();
/// The format of such a name, with the parameters that its applications write today. Nothing for another name.
std::optional<PasswordFormat> format_named(std::string_view name);
/// "bcrypt $2y$", "redmine sha1": the name of a format, whatever its parameters.
std::string name_of_format(const PasswordFormat& format);

}  // namespace pwreset
