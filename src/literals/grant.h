// One line of SHOW GRANTS, as MariaDB and MySQL write them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// "SELECT", or "SELECT" of some columns.
struct Privilege {
    std::string name;  ///< in capitals
    std::vector<std::string> columns;
};

struct Grant {
    enum class On {
        everything,  ///< *.*
        schema,      ///< `shop`.*
        table,       ///< `shop`.`users`
        other,       ///< a routine, or PROXY on an account
        role,        ///< a role is given: what that may do, the line does not say
    };
    On on = On::everything;
    std::vector<Privilege> privileges;
    std::string schema;  ///< a pattern when on a schema: '%', '_', escaped by '\'
    std::string table;
    std::string target;        ///< what it is on, quoted for a statement: "`shop`.*", "PROCEDURE `shop`.`p`"
    std::string grantee;       ///< to whom, likewise: "`pwreset`@`localhost`"
    bool may_pass_on = false;  ///< WITH GRANT OPTION
};

/// Nothing for any other line, such as MySQL's partial REVOKE or MariaDB's SET DEFAULT ROLE, and for what is not
/// understood. What stands behind the grantee (IDENTIFIED BY PASSWORD '*HASH') is read over and not kept.
std::optional<Grant> parse_grant(std::string_view line);

/// Whether a schema of a grant means this one; letters A to Z in any case.
bool schema_matches(std::string_view pattern, std::string_view name);

}  // namespace pwreset
