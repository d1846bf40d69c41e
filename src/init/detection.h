// Which application a schema belongs to, by the tables and columns that it has.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// What a preset is known by: "table.column", each of which is there. Where sites choose how the names of tables begin,
/// `prefix` is how they begin in the preset.
struct Signature {
    std::string preset;
    std::string prefix;
    std::vector<std::string> columns;
};

/// Tables and their columns, all names in lower case.
using Schema = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

struct Detected {
    std::string preset;
    std::string prefix;     ///< how the names of tables begin here
    std::size_t marks = 0;  ///< how many columns it is known by

    bool operator==(const Detected&) const = default;
};

/// The presets whose marks the schema has, the one with the most marks first.
std::vector<Detected> detect(const Schema& schema, const std::vector<Signature>& signatures);
/// Whether a table may belong to one of them: of others the columns need not be asked for.
bool may_matter(std::string_view table, const std::vector<Signature>& signatures);

}  // namespace pwreset
