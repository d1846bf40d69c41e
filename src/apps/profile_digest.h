// What profile and configuration together say of accounts, tokens and links, as one digest: what is told by another one
// is made, kept or mailed otherwise. Pure.
#pragma once

#include <string>

#include "src/toml/reader.h"

namespace pwreset {

/// SHA-256, raw digits in hexadecimal, of the sections that decide it as they hold: comments, order, and which of the
/// two files says it make no difference; neither do lifetimes, who may be reset, texts for people, and vectors.
std::string digest_of_profile(const ConfigText& text);

/// Whether the configuration itself says what a token is, in the place of its profile.
bool says_what_a_token_is(const ConfigText& text);

}  // namespace pwreset
