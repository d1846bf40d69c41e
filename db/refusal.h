// What a server refuses and would refuse again; and of that, what a site has added to the tables: a foreign key, a
// trigger, a rule.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "src/base/error.h"

namespace pwreset::db {

/// The server refuses a statement for what it is, and would refuse it again. An Error as it stands; `number` and `text`
/// (the server's own words, which may quote a value) are for who knows what was written, and can say it better.
struct Refused : Error {
    Refused(Error fault, unsigned server_number, std::string server_text)
        : Error(std::move(fault)), number(server_number), text(std::move(server_text)) {}

    /// Whether it is refused to this login alone.
    bool is_of_rights() const { return number == 1142 || number == 1143; }

    unsigned number;
    std::string text;
};
/// A row is kept by what the site has added; the message names it, or repeats the words of its trigger.
struct RefusedBySite : Refused {
    using Refused::Refused;
};

/// What a RefusedBySite says; nothing for an error that is none. `message` is the server's: of a foreign key and a rule
/// it holds identifiers only, of a trigger what its author wrote.
std::optional<Error> refusal_of(unsigned number, const std::string& message);

}  // namespace pwreset::db
