// Why something is done, as an operator gives it: recorded with it.
#pragma once

#include <optional>
#include <string>

namespace pwreset {

struct Grounds {
    std::optional<std::string> ticket;
    std::optional<std::string> reason;
};

}  // namespace pwreset
