// Which identities were there before, and on which line: of millions of them, in little memory.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pwreset {

/// Knows texts by the first 96 bits of their SHA-256: of 10 million, two that are taken for the same are a matter of
/// 1 : 10^15.
class Seen {
public:
    /// The line of the same text before, or 0 where this is the first; then it is noted with `line`.
    std::int64_t add(std::string_view text, std::int64_t line);

private:
    struct Entry {
        std::array<std::uint32_t, 3> digest{};
        std::uint32_t line = 0;  ///< 0 = free
    };

    Entry& place_of(const std::array<std::uint32_t, 3>& digest);
    void grow();

    std::vector<Entry> entries_;
    std::size_t count_ = 0;
};

}  // namespace pwreset
