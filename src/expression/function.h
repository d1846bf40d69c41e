// The functions that an expression may call: what each takes and gives.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "src/expression/expression.h"
#include "src/hash/salted_hash.h"

namespace pwreset {

enum class Function {
    random,
    lower,
    hex,
    base64,
    base64url,
    base36,
    unhex,
    md5,
    sha1,
    sha256,
    sha512,
    hmac_sha1,
    hmac_sha256,
    hmac_sha512,
    blake2b,
    bcrypt,
    phpass,
    pbkdf2_mediawiki,
    chacha20_magento,
    json,
    unix_seconds,
    unix_ms,
    iso,
    ts14,
    undashed,
    java_hash,
};

struct FunctionRule {
    Function function;
    std::string_view name;
    /// A letter an argument: t text, x text or bytes, i text or a number, m a time's name, a an alphabet, n a number
    /// that is written out; '*' is more of the last, 16 in all.
    std::string_view takes;
    ValueType gives;
    std::string_view words;  ///< "the SHA-256"
    bool hides = false;      ///< its value tells nothing of what it is of
    bool salted = false;
    int least = 0, most = 0;  ///< what 'n' may be
};

/// Of a function that is salted. Throws Error INTERNAL_ERROR for others.
SaltedHash salted_hash_of(Function function);

/// Nothing for a name that no function has.
const FunctionRule* function_named(std::string_view name);
std::vector<std::string> all_function_names();
/// What FunctionRule::takes says, for messages: "text or bytes".
std::string_view argument_in_words(char takes);

/// The letters of an alphabet by its name; empty for a name that none has.
std::string_view letters_of_alphabet(std::string_view name);
std::vector<std::string> all_alphabet_names();

}  // namespace pwreset
