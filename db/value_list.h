// A list of values in a statement: each one a parameter of its own.
#pragma once

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

}  // namespace pwreset::db
