#include "src/fit/collations.h"

#include <algorithm>
#include <optional>

#include "src/base/ascii.h"

namespace pwreset {

namespace {

constexpr const char* tables_area_of_collations = "tables";

const db::ColumnFacts* facts_in(const TableDescription& table, const std::string& name) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const auto& one) { return ascii_lower(one.name) == ascii_lower(name); });
    return found == table.columns.end() || found->collation.empty() ? nullptr : &*found;
}

bool tells_case(const db::ColumnFacts& column) {
    return column.collation.ends_with("_bin") || column.collation.ends_with("_cs") || column.collation == "binary";
}

/// A text of the users table that goes into columns as it is, and the column of it; null where that is in another
/// table.
struct Origin {
    const char* name = "";
    const db::ColumnFacts* column = nullptr;
};

/// What of an account stands in a value with all its letters: a digest has none of them.
std::optional<Origin> origin_of(const Expression& value, const UsersConfig& config, const TableDescription& users) {
    const bool plain = value.given() && !value.is_null() && value.type() == ValueType::text;
    if (!plain || value.salted() || value.length()) return {};
    if (value.names("email"))
        return Origin{"address",
                      config.elsewhere.contains(UsersColumn::email) ? nullptr : facts_in(users, config.email)};
    if (value.names("login") && !config.login.empty())
        return Origin{"login", config.elsewhere.contains(UsersColumn::login) ? nullptr : facts_in(users, config.login)};
    return {};
}

/// Judges the columns of one table.
class CollationJudge {
public:
    CollationJudge(const UsersConfig& config, const TableDescription& table, const TableDescription& users)
        : config_(config), table_(table), users_(users) {}

    /// Letters that the column lacks would become '?', or be refused, with the mail of this one account alone.
    void holds_letters(const NamedExpression& one) {
        const auto* column = facts_in(table_, one.name);
        const auto origin = column ? origin_of(one.value, config_, users_) : std::nullopt;
        if (!origin || column->charset == "utf8mb4" || column->charset.empty()) return;
        if (origin->column && origin->column->charset == column->charset) return;
        tell(warning(tables_area_of_collations,
                     subject(*column) + " is " + column->charset + ": for an " +
                         (origin->name == std::string("login") ? "account whose login" : "address that") +
                         " has other letters no link can be sent",
                     "ALTER TABLE: CHARACTER SET utf8mb4, as the column has that it comes from"));
    }

    /// Rows are found, and deleted, by what the column takes for equal.
    void finds_its_own(const NamedExpression& one) {
        const auto* column = facts_in(table_, one.name);
        const auto origin = column ? origin_of(one.value, config_, users_) : std::nullopt;
        if (!origin || tells_case(*column) || !origin->column || !tells_case(*origin->column)) return;
        tell(warning(tables_area_of_collations,
                     subject(*column) + " compares by " + column->collation + ", and the users table by " +
                         origin->column->collation + ": a link ends those of accounts whose " + origin->name +
                         " differs by case or accents alone",
                     "give both columns the same collation"));
    }

    /// Tokens are long enough for that; whoever wonders is told.
    void compares_token(const NamedExpression& one) {
        const auto* column = facts_in(table_, one.name);
        if (!column || !one.value.drawn() || one.value.salted() || tells_case(*column)) return;
        tell(fine(tables_area_of_collations, subject(*column) + " compares without case (" + column->collation +
                                                 "): what is drawn is long enough for that"));
    }

    Checks finish() { return std::move(found_); }

private:
    static std::string subject(const db::ColumnFacts& column) {
        return "column '" + column.name + "' of [reset.store]";
    }
    void tell(Check check) { found_.push_back(std::move(check)); }

    const UsersConfig& config_;
    const TableDescription& table_;
    const TableDescription& users_;
    Checks found_;
};

}  // namespace

Checks judge_collations(const UsersConfig& config, const ResetStore& store, const TableDescription& table,
                        const TableDescription& users) {
    CollationJudge judge(config, table, users);
    for (const auto& one : store.find) {
        judge.holds_letters(one);
        judge.finds_its_own(one);
    }
    const auto is_found_by = [&](const NamedExpression& one) {
        return std::any_of(store.find.begin(), store.find.end(),
                           [&](const auto& other) { return ascii_lower(other.name) == ascii_lower(one.name); });
    };
    for (const auto& one : store.set) {
        if (!is_found_by(one)) judge.holds_letters(one);
        if (!store.of_codes) judge.compares_token(one);
    }
    return judge.finish();
}

}  // namespace pwreset
