#include "db/app/collisions.h"

#include <array>

#include "db/app/key_proof.h"
#include "db/app/rows_of_accounts.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

constexpr int seconds_a_look = 10;

/// Where the values of a column are, and whose they are.
struct Place {
    std::string value;  ///< the column, in backquotes, with its alias
    std::string key;    ///< the account's key, to be selected
    KeyForm form;       ///< that reads it
    std::string rows;   ///< " FROM … WHERE …"
    Params params;
};

Place place_of(Session& session, Accounts& accounts, UsersColumn column) {
    const UsersTable& names = accounts.names();
    accounts.key_form();  // asks for the types, which a scope is compared by
    Place place{"r." + backquoted(names.name(column)), "", accounts.key_form(), "", {}};
    if (const auto* in = names.other_table(column)) {
        const std::string table = qualified(session, in->table);
        place.form = KeyForm(column_types(session, table, {in->user}).front(), names.id_type);
        place.key = place.form.selected(in->user, "r.");
        place.rows = " FROM " + table + " r WHERE 1 = 1" + where_constants(in->where, "r.", place.params);
    } else {
        place.key = place.form.selected(names.id, "r.");
        place.rows = " FROM " + qualified(session, names.table) + " r WHERE 1 = 1" + in_scope(names, place.params);
    }
    place.rows += " AND " + place.value + " <> ''";
    return place;
}

/// What two values are compared as; nothing where this server cannot.
std::optional<std::string> folded(Session& session, const std::string& value, SameTo same) {
    const std::string text = session.is_sqlite() ? value : "CONVERT(" + value + " USING utf8mb4)";
    switch (same) {
        case SameTo::case_folding:
            return "LOWER(" + text + ")" + (session.is_sqlite() ? "" : " COLLATE utf8mb4_bin");
        case SameTo::collation:
            return value;
        case SameTo::unicode:
            break;
    }
    const std::string collation = unicode_collation(session);
    return collation.empty() ? std::nullopt : std::optional(text + " COLLATE " + collation);
}

/// The digits of a number as ASCII, Persian and Arabic ones among them.
std::string ascii_digits(const std::string& value) {
    static const std::array<const char*, 20> foreign{"۰", "۱", "۲", "۳", "۴", "۵", "۶", "۷", "۸", "۹",
                                                     "٠", "١", "٢", "٣", "٤", "٥", "٦", "٧", "٨", "٩"};
    std::string digits = "CONVERT(" + value + " USING utf8mb4)";
    for (std::size_t i = 0; i < foreign.size(); ++i)
        digits = "REPLACE(" + digits + ", '" + foreign[i] + "', '" + std::to_string(i % 10) + "')";
    return "REGEXP_REPLACE(" + digits + ", '[^0-9]', '')";
}

}  // namespace

std::string unicode_collation(Session& session) {
    if (session.is_sqlite()) return {};
    const auto row = session.row(
        "SELECT COLLATION_NAME FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN ('uca1400_as_ci', "
        "'utf8mb4_uca1400_as_ci', 'utf8mb4_0900_as_ci') ORDER BY COLLATION_NAME LIMIT 1");
    return !row ? "" : row->text(0) == "utf8mb4_0900_as_ci" ? row->text(0) : "utf8mb4_uca1400_as_ci";
}

std::optional<Collisions> collisions(Session& session, Accounts& accounts, UsersColumn column, SameTo same) {
    const Place place = place_of(session, accounts, column);
    const auto fold = folded(session, place.value, same);
    if (!fold) return {};
    const std::string groups =
        place.rows + " GROUP BY " + *fold + " HAVING COUNT(DISTINCT " + place.key + ") > 1 LIMIT ";
    const auto counted = session.rows_within(seconds_a_look,
                                             "SELECT COUNT(*), SUM(n) FROM (SELECT COUNT(DISTINCT " + place.key +
                                                 ") AS n" + groups + std::to_string(most_collisions + 1) + ") g",
                                             place.params);
    Collisions out;
    out.identities = counted.at(0).integer(0);
    out.accounts = counted.at(0).integer(1);
    out.more = out.identities > most_collisions;
    if (out.identities == 0) return out;
    // Of a group some value: its bytes decide which, for to the collation all of them are one.
    const std::string some = session.is_sqlite() ? place.value : "CONVERT(" + place.value + " USING utf8mb4)";
    const std::string bytes = session.is_sqlite() ? "" : " COLLATE utf8mb4_bin";
    const auto rows = session.rows_within(
        seconds_a_look,
        "SELECT MIN(" + some + bytes + "), MIN(" + place.key + "), MAX(" + place.key + ")" + groups + "3",
        place.params);
    for (const Row& row : rows) {
        out.samples.push_back({row.text(0), place.form.text(row.optional_text(1)).value_or(""),
                               place.form.text(row.optional_text(2)).value_or("")});
    }
    return out;
}

std::optional<std::vector<StoredNumber>> similar_numbers(Session& session, Accounts& accounts) {
    if (session.is_sqlite()) return {};
    const Place place = place_of(session, accounts, UsersColumn::phone);
    const std::string tail = "RIGHT(" + ascii_digits(place.value) + ", 8)";
    const std::string sql = "SELECT " + place.key + ", " + place.value + place.rows + " AND " + tail +
                            " IN (SELECT tail FROM (SELECT " + tail + " AS tail" + place.rows +
                            " GROUP BY tail HAVING COUNT(*) > 1 AND LENGTH(tail) = 8 LIMIT 1000) t) LIMIT 2000";
    std::vector<StoredNumber> numbers;
    for (const Row& row : session.rows_within(seconds_a_look, sql, place.params)) {
        if (auto account = place.form.text(row.optional_text(0))) numbers.push_back({std::move(*account), row.text(1)});
    }
    return numbers;
}

}  // namespace pwreset::db
