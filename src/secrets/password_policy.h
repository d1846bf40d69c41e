// What a temporary password looks like, and how many there are of them: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/secret.h"

namespace pwreset {

struct Env;

/// Its characters come from the classes, at least one from each.
struct PasswordPolicy {
    std::size_t length = 16;
    std::vector<std::string> classes;  ///< the characters of each; none is in two of them, none is empty
};

/// NIST SP 800-63B, section 5.1.2, for a secret of one use that is kept; ours lives a day.
constexpr double least_entropy = 64;
/// The same where a stolen hash of it is tried out at billions of guesses a second: what a token has, for ever.
constexpr double least_entropy_of_fast_hash = 112;

/// The characters of "lower", "upper" or "digit", without those that are taken for another when read aloud or copied by
/// hand (0 O o, 1 l I i). Nothing for another word.
std::optional<std::string_view> unambiguous(std::string_view name);
/// What stands for "symbol" unless the site says otherwise: on every keyboard, not taken for a letter or a full stop.
constexpr std::string_view usual_symbols = "#%+?@*";
/// Whether a character may be a symbol: ASCII, visible, neither letter nor digit, and left as it is in HTML.
bool is_symbol(char c);

/// The logarithm (base 2) of the number of passwords the policy allows, each as likely as any other.
double entropy_bits(const PasswordPolicy& policy);
/// A new one. Drawn from all the texts of that length until it has a character of each class, so that all that are
/// allowed are equally likely: placing one of each class first would favour some.
Secret new_password(const Env& env, const PasswordPolicy& policy);

}  // namespace pwreset
