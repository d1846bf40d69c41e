#include "src/jobs/seen.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "src/hash/digest.h"

namespace pwreset {

std::int64_t Seen::add(std::string_view text, std::int64_t line) {
    if (4 * (count_ + 1) > 3 * entries_.size()) grow();
    const std::string whole = sha256(text);
    std::array<std::uint32_t, 3> digest{};
    std::memcpy(digest.data(), whole.data(), sizeof digest);
    Entry& entry = place_of(digest);
    if (entry.line != 0) return entry.line;
    entry = {digest,
             static_cast<std::uint32_t>(std::min<std::int64_t>(line, std::numeric_limits<std::uint32_t>::max()))};
    ++count_;
    return 0;
}

/// Where it stands, or the free place where it belongs.
Seen::Entry& Seen::place_of(const std::array<std::uint32_t, 3>& digest) {
    // The upper half of the product spreads digests evenly over any number of places.
    auto at = static_cast<std::size_t>((std::uint64_t{digest[0]} * entries_.size()) >> 32U);
    while (entries_[at].line != 0 && entries_[at].digest != digest) at = at + 1 == entries_.size() ? 0 : at + 1;
    return entries_[at];
}

/// By a half: doubling would leave more than half of it empty.
void Seen::grow() {
    std::vector<Entry> before(entries_.size() + entries_.size() / 2 + 64);
    std::swap(before, entries_);
    for (const Entry& entry : before) {
        if (entry.line != 0) place_of(entry.digest) = entry;
    }
}

}  // namespace pwreset
