// The second look: row by row, where an index finds one spelling alone.
#include <algorithm>

#include "db/app/accounts.h"
#include "db/app/key_proof.h"
#include "db/inventory.h"
#include "db/names.h"
#include "db/value_list.h"
#include "src/base/fold.h"

namespace pwreset::db {

namespace {

constexpr int seconds_to_search = 2;

/// A pattern for these digits at the end of a number, whatever stands between them, in ASCII, Persian, Arabic and wide
/// ones.
std::string pattern_of(const std::string& digits) {
    static const std::string none = "[^0-9۰-۹٠-٩０-９]*";
    static const char* const forms[] = {"[0۰٠０]", "[1۱١１]", "[2۲٢２]", "[3۳٣３]", "[4۴٤４]",
                                        "[5۵٥５]", "[6۶٦６]", "[7۷٧７]", "[8۸٨８]", "[9۹٩９]"};
    std::string pattern;
    for (const char digit : digits) pattern += forms[digit - '0'] + none;
    return pattern + "$";
}

/// The same for SQLite, which has no patterns: the digits in this order.
std::string like_pattern(const std::string& digits) {
    std::string pattern = "%";
    for (const char digit : digits) pattern += std::string(1, digit) + "%";
    return pattern;
}

}  // namespace

bool Accounts::compares_exactly(AccountKey key) {
    if (session_.is_sqlite()) return true;
    const auto* other = other_table(key);
    const auto [schema, table] =
        schema_and_table(session_.application_schema_name(), other ? other->table : names_.table);
    const std::string name = fold_case(column(key));
    for (const auto& found : columns(session_, schema, table)) {
        if (fold_case(found.name) != name) continue;
        const std::string& collation = found.collation;
        return collation.empty() || collation.ends_with("_bin") || collation.find("_cs") != collation.npos;
    }
    return false;
}

std::vector<AccountRow> Accounts::search(AccountKey key, const std::vector<std::string>& spellings) {
    prepare();
    const bool elsewhere = other_table(key) != nullptr;
    const std::string name = (elsewhere ? "r." : "") + backquoted(column(key));
    const std::string text = session_.is_sqlite() ? name : "CONVERT(" + name + " USING utf8mb4)";
    Params params;
    std::string condition;
    if (key == AccountKey::phone) {
        condition = session_.is_sqlite() ? text + " LIKE :pattern" : text + " REGEXP :pattern";
        const std::string& digits = spellings.front();
        params.emplace_back("pattern", session_.is_sqlite() ? like_pattern(digits) : pattern_of(digits));
    } else {
        std::vector<std::string> folded;
        for (const auto& spelling : spellings) folded.push_back(fold_case(spelling));
        const std::string as_bytes = session_.is_sqlite() ? "" : " COLLATE utf8mb4_bin";
        condition = "LOWER(" + text + ")" + as_bytes + " IN " + value_list("spelling", folded, params);
    }
    if (elsewhere) return owners(key, condition, params, seconds_to_search);
    const std::string sql = select_ + condition + in_scope(names_, params) + " LIMIT 200";
    std::vector<AccountRow> out;
    for (const Row& row : session_.rows_within(seconds_to_search, sql, params)) {
        out.push_back(account_of(row));
    }
    return out;
}

}  // namespace pwreset::db
