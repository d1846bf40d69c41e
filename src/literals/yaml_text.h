// A YAML file as Rails keeps them, as text: mappings by indentation, with anchors and "<<". Of what ERB would put there
// nothing is known here.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/literals/literal.h"

namespace pwreset {

/// A file's text, which must outlive this.
class YamlText {
public:
    explicit YamlText(std::string_view text);

    /// The value at a path of keys. Where a key is written twice, the last one counts.
    Literal value(std::span<const std::string_view> path) const;
    /// Whether a mapping, or anything else, stands at the path.
    bool has(std::span<const std::string_view> path) const;

private:
    /// A key on a line of its own; `value` is what stands behind the colon.
    struct Node {
        std::size_t parent = 0;  ///< its place in `nodes_`
        std::size_t indent = 0;
        std::string_view key;
        std::string_view value;
    };
    using Path = std::span<const std::string_view>;

    void add(std::string_view line);
    /// The node at a path below `from`, also by way of what it includes; 0 where there is none.
    std::size_t find(std::size_t from, Path path, int hops) const;
    std::size_t anchored(std::string_view name) const;

    std::vector<Node> nodes_{Node{}};   ///< the first is the file itself
    std::vector<std::size_t> open_{0};  ///< those that a further line may be below
    bool program_ = false;              ///< lines of it appear or not, as ERB decides; or it is written in unknown ways
};

}  // namespace pwreset
