// What a site has added to the tables or set at the server, and says no: a foreign key, a trigger, a rule. No
// fault of ours, and nothing that goes by trying again.
#pragma once

#include <optional>
#include <string>

#include "src/base/error.h"

namespace pwreset::db {

/// A row is kept by what the site has added; the message names it, or repeats the words of its trigger.
struct RefusedBySite : Error {
    using Error::Error;
};

/// The refusal that an error of the server stands for; nothing for any other. `message` is the server's: of a foreign
/// key and a rule it holds identifiers only, of a trigger what its author wrote.
std::optional<RefusedBySite> refusal_of(unsigned number, const std::string& message);

}  // namespace pwreset::db
