#include "src/config/users_columns.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/ascii.h"

namespace pwreset {

namespace {

/// Where [users] has the names of columns that are no more than a name there.
constexpr std::array<std::pair<UsersColumn, std::string UsersConfig::*>, 9> plain_names{
    {{UsersColumn::id, &UsersConfig::id},
     {UsersColumn::email, &UsersConfig::email},
     {UsersColumn::phone, &UsersConfig::phone},
     {UsersColumn::login, &UsersConfig::login},
     {UsersColumn::password, &UsersConfig::password},
     {UsersColumn::locale, &UsersConfig::locale},
     {UsersColumn::active, &UsersConfig::active},
     {UsersColumn::disabled, &UsersConfig::disabled},
     {UsersColumn::second_factor, &UsersConfig::second_factor}}};

/// The name that [users] gives; empty for the columns of [temporary_password].
std::string name_in(const UsersConfig& users, UsersColumn column) {
    if (column == UsersColumn::scope) return users.scope.column;
    if (column == UsersColumn::role) return users.role.column;
    const auto found =
        std::find_if(plain_names.begin(), plain_names.end(), [column](const auto& one) { return one.first == column; });
    return found == plain_names.end() ? std::string() : users.*(found->second);
}

template <typename Names>
bool lists(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<NamedColumn> columns_of(const UsersConfig& users) {
    std::vector<NamedColumn> out;
    for (const auto& facts : users_columns) {
        const std::string name = name_in(users, facts.column);
        if (!name.empty()) out.push_back({&facts, name});
    }
    return out;
}

std::vector<NamedColumn> columns_of(const TemporaryPasswordConfig& passwords) {
    std::vector<NamedColumn> out;
    if (!passwords.must_change.empty()) out.push_back({&facts_of(UsersColumn::must_change), passwords.must_change});
    for (const auto& name : passwords.clear) out.push_back({&facts_of(UsersColumn::clear), name});
    for (const auto& name : passwords.empty) out.push_back({&facts_of(UsersColumn::empty), name});
    for (const auto& one : passwords.rotate) out.push_back({&facts_of(UsersColumn::rotate), one.column});
    if (!passwords.salt.empty()) out.push_back({&facts_of(UsersColumn::salt), passwords.salt});
    return out;
}

std::vector<std::string> columns_read(const UsersConfig& users) {
    std::vector<std::string> out;
    for (const auto& column : columns_of(users)) {
        if (!lists(out, column.name)) out.push_back(column.name);
    }
    return out;
}

bool is_known_second_factor(std::string_view column) {
    const std::string name = ascii_lower(column);
    return lists(second_factor_columns, name) || lists(second_factor_companions, name);
}

}  // namespace pwreset
