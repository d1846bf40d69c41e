// A list of values in a statement: each one a parameter of its own, or a number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// "(:id0, :id1, :id2)", whose parameters are added. `values` must not be empty: SQL has no empty list.
template <typename T>
std::string value_list(const std::string& name, const std::vector<T>& values, Params& params) {
    std::string list;
    for (const auto& value : values) {
        const std::string parameter = name + std::to_string(params.size());
        list += (list.empty() ? "(:" : ", :") + parameter;
        params.emplace_back(parameter, value);
    }
    return list + ")";
}

/// "(17, 18)": numbers need no parameters. There must be one.
inline std::string number_list(const std::vector<std::int64_t>& numbers) {
    std::string list;
    for (const auto number : numbers) list += (list.empty() ? "(" : ", ") + std::to_string(number);
    return list + ")";
}

}  // namespace pwreset::db
