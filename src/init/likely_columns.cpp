#include "src/init/likely_columns.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "src/base/ascii.h"

namespace pwreset {
namespace {

/// More would be a list that nobody reads.
constexpr std::size_t most_told = 8;

bool has_any(std::string_view name, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](auto word) { return name.find(word) != name.npos; });
}

bool is_of_resets(std::string_view name) {
    return has_any(name, {"reset", "recover", "forgot", "forget"}) ||
           (has_any(name, {"token", "request", "confirm"}) && has_any(name, {"pass", "pwd"}));
}

bool is_token(std::string_view column) {
    return is_of_resets(column) ||
           has_any(column, {"rp_token", "confirmation_token", "validation_key", "verification"});
}

bool is_password(std::string_view column) {
    return has_any(column, {"password", "passwd", "pass_hash", "passhash", "pwd"}) && !is_token(column) &&
           !has_any(column, {"date", "time", "_at", "expir", "requir", "change", "_gen", "last", "hint", "question"});
}

bool is_address(std::string_view column) {
    return column == "mail" || column.ends_with("_mail") ||
           (has_any(column, {"email", "e_mail"}) && !has_any(column, {"confirm", "verif", "_id", "_at", "digest"}));
}

/// "a.b, c.d".
std::string listed(const std::vector<std::string>& names) {
    std::string all;
    for (std::size_t i = 0; i < names.size() && i < most_told; ++i) all += (i > 0 ? ", " : "") + names[i];
    return names.size() > most_told ? all + ", …" : all;
}

}  // namespace

std::vector<std::string> likely_columns(const std::vector<TableColumns>& tables) {
    std::vector<std::string> addresses, passwords, tokens;
    for (const auto& [table, columns] : tables) {
        const bool whole = is_of_resets(ascii_lower(table));
        if (whole) tokens.push_back(table);
        for (const auto& column : columns) {
            const std::string name = ascii_lower(column);
            const std::string place = table + "." + column;
            if (is_address(name) && !whole) addresses.push_back(place);
            if (is_password(name) && !whole) passwords.push_back(place);
            if (is_token(name) && !whole) tokens.push_back(place);
        }
    }
    std::vector<std::string> said;
    if (!addresses.empty())
        said.push_back("addresses may be in " + listed(addresses) + ": for table and email of [users]");
    if (!passwords.empty()) said.push_back("passwords may be in " + listed(passwords) + ": for password of [users]");
    if (!tokens.empty())
        said.push_back("tokens may be in " + listed(tokens) + ": for [reset.store] of a profile of your own");
    return said;
}

}  // namespace pwreset
