// Hashes of passwords that are met in users tables and never written here: because they are too weak for it, or because
// nobody has shown that what we would write is taken.
#pragma once

#include <string>
#include <string_view>

namespace pwreset {

/// What such a hash is, in words without anything of its salt and digest: "Werkzeug's scrypt of 32768, 8, 1". Empty
/// when it is not known.
std::string form_of_foreign(std::string_view hash);

}  // namespace pwreset
