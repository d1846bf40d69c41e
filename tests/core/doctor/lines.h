// The lines of an examination as one reads them, to compare whole.
#pragma once

#include <string>

#include "src/doctor/check.h"

namespace pwreset {

/// "level: finding" and, where there is one, " > remedy".
inline std::string shown(const Check& check) {
    return std::string(word_of(check.level)) + ": " + check.finding +
           (check.remedy.empty() ? "" : " > " + check.remedy);
}

inline std::vector<std::string> shown(const Checks& checks) {
    std::vector<std::string> out;
    for (const auto& check : checks) out.push_back(shown(check));
    return out;
}

using Lines = std::vector<std::string>;

}  // namespace pwreset
