// Where an application that no preset knows may have accounts and tokens: by the names of its columns, for whoever
// writes [users] and a profile. Pure.
#pragma once

#include <string>
#include <vector>

namespace pwreset {

/// A table and its columns, as they are called.
struct TableColumns {
    std::string table;
    std::vector<std::string> columns;
};

/// Sentences of what may be where, each with the keys that it is for; none where nothing looks like it.
std::vector<std::string> likely_columns(const std::vector<TableColumns>& tables);

}  // namespace pwreset
