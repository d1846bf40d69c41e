// The one JSON object that a web back end writes to the standard input of `request --public`.
#pragma once

#include <iosfwd>
#include <string_view>

#include "src/recovery/public.h"

namespace pwreset {

/// Bytes a call may have, spaces included: more is not read.
constexpr std::size_t largest_call = 65536;

/// Reads all of the stream. Throws Error INVALID_INPUT when it is longer than largest_call, else as
/// parse_public_call().
PublicCall read_public_call(std::istream& in);
/// Reads a call: one flat object with known keys, each at most once and of its type. Throws Error INVALID_IDENTITY or
/// INVALID_INPUT with the fault under its field ("call" for what is no such object). No message repeats a value.
/// Whether the identity is well-formed is not looked at.
PublicCall parse_public_call(std::string_view text);

}  // namespace pwreset
