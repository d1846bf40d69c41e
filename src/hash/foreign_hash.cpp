#include "src/hash/foreign_hash.h"

#include <array>
#include <optional>
#include <vector>

#include "src/base/ascii.h"

namespace pwreset {

namespace {

/// How a hash begins: '#' stands for a number that is a parameter, '?' for the letter by which phpass says its rounds.
struct ForeignHash {
    std::string_view pattern;
    const char* name;
};

/// A letter's place is the logarithm of the number of rounds.
constexpr std::string_view phpass_rounds = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The first that fits counts.
constexpr std::array<ForeignHash, 31> foreign_hashes{{
    {"$P$?", "phpass (WordPress before 6.8)"},
    {"$H$?", "phpass (phpBB)"},
    {"$S$?", "phpass (Drupal 10.0 and before)"},
    {"$wp$", "WordPress's bcrypt of another sort"},
    {"$argon2i$v=19$m=#,t=#,p=#$", "Argon2i"},
    {"$argon2", "Argon2 of another sort or version"},
    {"$2", "bcrypt of another sort"},
    {"$6$rounds=#$", "sha512crypt"},
    {"$6$", "sha512crypt"},
    {"$5$rounds=#$", "sha256crypt"},
    {"$5$", "sha256crypt"},
    {"$1$", "md5crypt"},
    {"$y$", "yescrypt"},
    {"argon2$argon2id$v=19$m=#,t=#,p=#$", "Django's Argon2id"},
    {"argon2$", "Django's Argon2"},
    {"bcrypt_sha256$$2b$#$", "Django's bcrypt_sha256"},
    {"bcrypt$$2b$#$", "Django's bcrypt"},
    {"bcrypt", "Django's bcrypt"},
    {"scrypt$#$", "Django's scrypt"},
    {"pbkdf2_sha1$#$", "Django's PBKDF2 (sha1)"},
    {"pbkdf2_", "PBKDF2 of another sort"},
    {"scrypt:#:#:#$", "Werkzeug's scrypt"},
    {"pbkdf2:sha256:#$", "Werkzeug's PBKDF2 (sha256)"},
    {"pbkdf2:sha512:#$", "Werkzeug's PBKDF2 (sha512)"},
    {"pbkdf2:sha1:#$", "Werkzeug's PBKDF2 (sha1)"},
    {":argon2:$argon2id$v=19$m=#,t=#,p=#$", "MediaWiki's Argon2id"},
    {":argon2:", "MediaWiki's Argon2"},
    {":bcrypt:", "MediaWiki's bcrypt of another sort"},
    {":pbkdf2:", "MediaWiki's PBKDF2 of another sort"},
    {":B:", "MediaWiki's salted MD5"},
    {":A:", "MediaWiki's MD5"},
}};

std::string_view take_digits(std::string_view& text) {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    const auto digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

/// The parameters in the hash, where it begins like that.
std::optional<std::vector<std::string>> parameters_of(std::string_view hash, std::string_view pattern) {
    std::vector<std::string> parameters;
    for (const char c : pattern) {
        if (c == '#') {
            const auto digits = take_digits(hash);
            if (digits.empty() || digits.size() > 10) return {};
            parameters.emplace_back(digits);
            continue;
        }
        if (hash.empty()) return {};
        if (c == '?') {
            const auto rounds = phpass_rounds.find(hash.front());
            if (rounds == phpass_rounds.npos) return {};
            parameters.push_back("2^" + std::to_string(rounds) + " rounds");
        } else if (hash.front() != c) {
            return {};
        }
        hash.remove_prefix(1);
    }
    return parameters;
}

std::string with_parameters(const char* name, const std::vector<std::string>& parameters) {
    std::string words = name;
    for (const auto& parameter : parameters) words += (words == name ? " of " : ", ") + parameter;
    return words;
}

/// Thirty-two digits of MD5, alone or with a salt behind a colon.
std::string form_of_md5(std::string_view hash) {
    constexpr std::size_t digits = 32;
    if (hash.substr(0, digits).find_first_not_of("0123456789abcdefABCDEF") != hash.npos || hash.size() < digits)
        return {};
    if (hash.size() == digits) return "MD5";
    return hash[digits] == ':' ? "salted MD5 (Joomla before 3.2)" : "";
}

}  // namespace

std::string form_of_foreign(std::string_view hash) {
    for (const auto& [pattern, name] : foreign_hashes) {
        if (const auto parameters = parameters_of(hash, pattern)) return with_parameters(name, *parameters);
    }
    return form_of_md5(hash);
}

}  // namespace pwreset
