// Links of an application, in what a person pasted: found by the pattern that the configuration has of them, whatever a
// token is made of. Pure. Native tokens are found by pasted.h, with or without a link around them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/secret.h"
#include "src/token/pasted.h"

namespace pwreset {

/// A link that fits the pattern, or a word that stands alone and may be a token.
struct PatternedLink {
    Secret token;                                             ///< decoded
    std::vector<std::pair<std::string, std::string>> places;  ///< "email": what stands there, decoded; none of a word
    std::vector<Injury> injuries{};
};

/// Looks for links like "https://shop.example/reset/{token}?email={email}", the parameters of a query in any order, in
/// the parts of the mail that the text may be, decoded, and in the text as it is, by undoing known damages. Each token
/// once, the one that had to be mended least first; at most most_candidates, of at most most_link_bytes each. A text
/// that is one word and no link is a token.
std::vector<PatternedLink> read_links(const Secret& text, const std::string& pattern);

constexpr std::size_t most_link_bytes = 4096;

}  // namespace pwreset
