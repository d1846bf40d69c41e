// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// The candidate nearest to `word` by edit distance, or empty when none is near enough to be what was meant.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace pwreset
