#include "src/expression/function.h"

#include <algorithm>

#include "src/base/error.h"

namespace pwreset {
namespace {

constexpr FunctionRule plain(Function function, std::string_view name, std::string_view takes, ValueType gives,
                             std::string_view words) {
    return {function, name, takes, gives, words};
}

/// What it is of cannot be told from it.
constexpr FunctionRule digest(Function function, std::string_view name, std::string_view takes,
                              std::string_view words) {
    return {function, name, takes, ValueType::bytes, words, true};
}

constexpr FunctionRule salted(Function function, std::string_view name, SaltedHash hash, std::string_view words) {
    return {
        function, name, "xn", ValueType::text, words, true, true, int(work_of(hash).least), int(work_of(hash).most)};
}

constexpr std::array rules{
    FunctionRule{Function::random, "random", "an", ValueType::text, "", false, false, 1, 512},
    plain(Function::lower, "lower", "t", ValueType::text, "in small letters"),
    plain(Function::hex, "hex", "x", ValueType::text, "the hexadecimal digits"),
    plain(Function::base64, "base64", "x", ValueType::text, "the base64"),
    plain(Function::base64url, "base64url", "x", ValueType::text, "the base64url"),
    plain(Function::base36, "base36", "i", ValueType::text, "the base 36"),
    plain(Function::unhex, "unhex", "t", ValueType::bytes, "the bytes of the hexadecimal digits"),
    digest(Function::md5, "md5", "x", "the MD5"),
    digest(Function::sha1, "sha1", "x", "the SHA-1"),
    digest(Function::sha256, "sha256", "x", "the SHA-256"),
    digest(Function::sha512, "sha512", "x", "the SHA-512"),
    digest(Function::hmac_sha1, "hmac_sha1", "xx", "the HMAC-SHA-1"),
    digest(Function::hmac_sha256, "hmac_sha256", "xx", "the HMAC-SHA-256"),
    digest(Function::hmac_sha512, "hmac_sha512", "xx", "the HMAC-SHA-512"),
    FunctionRule{Function::blake2b, "blake2b", "xxn", ValueType::bytes, "the BLAKE2b", true, false, 16, 64},
    salted(Function::bcrypt, "bcrypt", SaltedHash::bcrypt, "the bcrypt hash"),
    salted(Function::phpass, "phpass", SaltedHash::phpass, "the phpass hash"),
    salted(Function::pbkdf2_mediawiki, "pbkdf2_mediawiki", SaltedHash::pbkdf2_mediawiki, "MediaWiki's PBKDF2 hash"),
    FunctionRule{Function::chacha20_magento, "chacha20_magento", "xx", ValueType::bytes, "Magento's ChaCha20-Poly1305",
                 true, true},
    plain(Function::json, "json", "i*", ValueType::text, "the JSON list"),
    plain(Function::unix_seconds, "unix", "m", ValueType::number, "in seconds since 1970"),
    plain(Function::unix_ms, "unix_ms", "m", ValueType::number, "in milliseconds since 1970"),
    plain(Function::iso, "iso", "m", ValueType::text, "in ISO 8601"),
    plain(Function::ts14, "ts14", "m", ValueType::text, "in fourteen digits"),
    plain(Function::undashed, "undashed", "t", ValueType::text, "the 32 digits"),
    FunctionRule{Function::java_hash, "java_hash", "t", ValueType::text, "the Java hash", true},
};

struct Alphabet {
    std::string_view name, letters;
};
constexpr std::array<Alphabet, 4> alphabets{{
    {"hex", "0123456789abcdef"},
    {"alnum", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    {"base64url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
    {"lower36", "0123456789abcdefghijklmnopqrstuvwxyz"},
}};

template <typename Table>
std::vector<std::string> names_in(const Table& table) {
    std::vector<std::string> names;
    for (const auto& entry : table) names.emplace_back(entry.name);
    return names;
}

}  // namespace

SaltedHash salted_hash_of(Function function) {
    if (function == Function::bcrypt) return SaltedHash::bcrypt;
    if (function == Function::phpass) return SaltedHash::phpass;
    if (function == Function::pbkdf2_mediawiki) return SaltedHash::pbkdf2_mediawiki;
    throw internal_error("a function that salts nothing");
}

const FunctionRule* function_named(std::string_view name) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.name == name; });
    return found == rules.end() ? nullptr : &*found;
}

std::vector<std::string> all_function_names() { return names_in(rules); }

std::string_view argument_in_words(char takes) {
    switch (takes) {
        case 't':
            return "text";
        case 'x':
            return "text or bytes";
        case 'i':
            return "text or a number";
        case 'm':
            return "the name of a time";
        case 'a':
            return "an alphabet";
        default:
            return "a number that is written out";
    }
}

std::string_view letters_of_alphabet(std::string_view name) {
    const auto found =
        std::find_if(alphabets.begin(), alphabets.end(), [&](const auto& alphabet) { return alphabet.name == name; });
    return found == alphabets.end() ? std::string_view() : found->letters;
}

std::vector<std::string> all_alphabet_names() { return names_in(alphabets); }

}  // namespace pwreset
