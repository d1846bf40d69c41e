// Whether an account has a second factor, as far as the users table shows: a password alone may not let its owner in.
#pragma once

#include <optional>
#include <string>

#include "src/account/eligibility.h"
#include "src/context.h"

namespace pwreset {

struct SecondFactor {
    std::string column;
    std::optional<bool> set;  ///< nothing: our login may not read the column
};

/// By the column of the configuration, or the first one that frameworks and their extensions are known to use. Nothing
/// when the table has none of those, or our login sees none.
std::optional<SecondFactor> second_factor(const Context& context, const std::string& account);

/// Why no link may be sent that signs in: it would pass by the account's second factor. Nothing for what asks for a new
/// password instead.
std::optional<Refusal> second_factor_refusal(const Context& context, const std::string& account, Kind kind);

}  // namespace pwreset
