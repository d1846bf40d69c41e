#include "db/app/second_factor.h"

#include "db/names.h"

namespace pwreset::db {

std::optional<bool> holds_something(Session& session, const UsersTable& names, const std::string& column,
                                    const std::string& account) {
    // '30' is the digit 0, '00' a BIT that is not set: by HEX(), because a time cannot be compared with ''.
    const std::string set = "CASE WHEN " + backquoted(column) + " IS NULL OR HEX(CAST(" + backquoted(column) +
                            " AS CHAR)) IN ('', '30', '00') THEN 0 ELSE 1 END";
    try {
        const auto rows =
            session.rows("SELECT " + set + ", CAST(" + backquoted(names.id) + " AS CHAR) FROM " +
                             qualified(session, names.table) + " WHERE " + backquoted(names.id) + " = :id",
                         {{"id", account}});
        if (rows.size() != 1 || rows.front().text(1) != account) return {};
        return rows.front().integer(0) == 1;
    } catch (const Error& error) {
        if (error.exit == Exit::unavailable) throw;
        return {};
    }
}

}  // namespace pwreset::db
