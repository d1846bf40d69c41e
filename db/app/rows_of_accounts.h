// Rows of a table other than that of users, which name accounts by their key: a page of accounts by one query.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/app/account_source.h"
#include "db/app/key_form.h"
#include "db/session.h"

namespace pwreset::db {

/// What is read of a row.
using Cells = std::vector<std::optional<std::string>>;
using RowsByAccount = std::map<std::string, std::vector<Cells>>;

/// Whose row it is where the database's comparison and ours differ, as in 'Bob' and 'bob'.
enum class Whose {
    by_its_bytes,    ///< nobody's: what it holds is a message's recipient, or a hash that is replaced
    by_the_database  ///< of who the database takes for its owner: what it holds can only refuse or protect
};

/// Which rows, and what of them.
struct RowsWanted {
    const OtherTable& of;
    std::vector<std::string> cells;  ///< expressions over the table, whose alias is "r."
    std::string joined{};            ///< " LEFT JOIN …", or nothing
    Whose whose = Whose::by_its_bytes;
};

/// Each account with its rows, none where there are none. One of which the column that names accounts there (`form`)
/// can hold no key is not in the answer.
RowsByAccount rows_of(Session& session, const RowsWanted& wanted, const KeyForm& form,
                      const std::vector<std::string>& accounts);

/// " AND r.`column` = :constant0 …" with the parameters; empty where all rows are meant.
std::string where_constants(const Constants& where, const std::string& alias, Params& params);

}  // namespace pwreset::db
