// How the tests show what a file says of a name: its text between bars, "computed" or "absent".
#pragma once

#include <string>

#include "src/literals/literal.h"

namespace pwreset {

inline std::string shown(const Literal& literal) {
    if (literal.is_computed()) return "computed";
    return literal.is_written() ? "|" + literal.plain() + "|" : "absent";
}

}  // namespace pwreset
