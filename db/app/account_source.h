// Where the facts of an account stand that are more than one column of the users table: rows of other tables, roles by
// several ways, conditions. Names and constants alone, for the configuration that reads them and for db/app that asks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/users_column.h"

namespace pwreset {

/// Columns of a table, with the constant that each must hold.
using Constants = std::vector<std::pair<std::string, std::string>>;

/// A table whose rows name an account by its key; without a table it is the users table itself.
struct OtherTable {
    std::string table;  ///< empty = the users table
    std::string user;   ///< its column that holds the account's key
    Constants where;    ///< which of its rows are meant

    bool given() const { return !table.empty(); }
};

/// What [users] says to be in rows of other tables, and in which.
using OtherTables = std::map<UsersColumn, OtherTable>;

/// Settings that list accounts: who is in one of their values has the role.
struct RoleHolders {
    std::string table{};
    std::string column{};  ///< holds the list
    Constants where{};
    bool quoted = false;    ///< each stands between double quotes, as PHP serializes texts
    bool by_login = false;  ///< it lists logins, not keys
    bool optional = false;  ///< the table need not be there
    std::string role{};

    bool given() const { return !table.empty(); }
};

/// A table by which what a source holds leads on to what is named: a row for each.
struct RoleHop {
    std::string table{};
    std::string from{};  ///< its column that holds what the source does
    std::string to{};    ///< and the one that `names` are looked up by

    bool given() const { return !table.empty(); }
};

/// A table in which what a source holds stands below others, whose roles come with it.
struct RoleTree {
    std::string table{};
    std::string id{};
    std::string parent{};

    bool given() const { return !table.empty(); }
};

/// A way by which an account has roles; one of the five.
struct RoleSource {
    std::string column{};       ///< of the users table, or of `in`
    OtherTable in{};            ///< a row for each role
    std::string names_table{};  ///< where `column` of `in` holds a key: its names
    std::string names_id{};     ///< its column of keys
    std::string names_name{};   ///< its column of names
    RoleHop through{};          ///< where a table stands between `column` and names
    RoleTree up{};              ///< beside it: what stands above counts as well
    std::vector<std::pair<std::string, std::string>> names_flags{};  ///< as `flags`, of the table of names
    std::string list{};                                              ///< how several stand in one value; empty = one
    std::vector<std::pair<std::string, std::string>> flags{};  ///< a role, and the column that says whether it is held
    std::vector<std::pair<std::string, std::string>> keys{};   ///< an account's key, and the role that it has
    RoleHolders holders{};
};

/// Something that may be so of an account. Where `in` is given, it is so where some row there has it.
struct Condition {
    std::string column{};               ///< may be empty where `in` is given: any row
    OtherTable in{};                    ///< whose rows are looked at
    std::vector<std::string> is{};      ///< the whole value, in any case of ASCII
    std::vector<std::string> unless{};  ///< so with any value but these, which are compared byte for byte
    std::vector<std::string> starts{};  ///< its beginning, in any case of ASCII
    std::optional<bool> set{};          ///< whether it holds more than NULL, nothing, 0 or a time that stands for none
    bool none = false;                  ///< turned round: no row has it
    std::string words{};                ///< what to tell of it
};

}  // namespace pwreset
