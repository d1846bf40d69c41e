// "Did you mean …?"
#pragma once

#include <string>
#include <vector>

namespace pwreset {

/// The word nearest to `typed` by edit distance, or empty when none is near enough to be what was meant.
std::string nearest(const std::string& typed, const std::vector<std::string>& words);

}  // namespace pwreset
