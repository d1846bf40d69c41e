#include "db/app/second_factor.h"

#include "db/app/key_proof.h"
#include "db/names.h"

namespace pwreset::db {

std::optional<bool> holds_something(Session& session, const UsersTable& names, const KeyForm& form,
                                    const std::string& column, const std::string& account) {
    // '30' is the digit 0, '00' a BIT that is not set: by HEX(), because a time cannot be compared with ''.
    const std::string set = "CASE WHEN " + backquoted(column) + " IS NULL OR HEX(CAST(" + backquoted(column) +
                            " AS CHAR)) IN ('', '30', '00') THEN 0 ELSE 1 END";
    try {
        Params params;
        const std::string condition = is_key(form, names.id, account, params) + in_scope(names, params);
        const auto rows = session.rows("SELECT " + set + ", " + form.selected(names.id) + " FROM " +
                                           qualified(session, names.table) + " WHERE " + condition,
                                       params);
        if (rows.size() != 1 || form.text(rows.front().optional_text(1)) != account) return {};
        return rows.front().integer(0) == 1;
    } catch (const Error& error) {
        if (error.exit == Exit::unavailable) throw;
        return {};
    }
}

}  // namespace pwreset::db
