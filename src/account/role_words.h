// The roles in one value of the application's: a word, a number, or a list as frameworks store it.
#pragma once

#include <string>
#include <vector>

#include "db/app/accounts.h"

namespace pwreset {

/// What one value says. Letters in small, without the blanks around and with single ones inside.
struct RoleReading {
    std::vector<std::string> granted;  ///< the whole value or, of a list that is declared, each element
    std::vector<std::string> parts;    ///< every part of it, however it is put together: what protects
    std::vector<std::string> shown;    ///< for people, as they are stored; nothing that does not read as a role
    std::string fault;                 ///< why it reads as none: "it is JSON that is cut off"
};

/// Reads a value. `list` is how several stand in one: "json", "comma", "space", "semicolon", "set", "php-serialized";
/// empty: nobody said, so it grants as a whole, and still protects by each part.
RoleReading read_roles(const std::string& value, const std::string& list);
/// The same of all the values an account has; the first fault.
RoleReading roles_of(const db::AccountRow& account);
/// A role in the form that RoleReading has.
std::string plain_role(const std::string& role);

}  // namespace pwreset
