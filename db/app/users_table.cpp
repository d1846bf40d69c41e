#include "db/app/users_table.h"

namespace pwreset::db {

namespace {

/// Adds those that are columns of the users table.
void add_conditions(const std::vector<Condition>& conditions, std::vector<std::string>& names) {
    for (const auto& one : conditions) {
        if (!one.in.given()) names.push_back(one.column);
    }
}

std::vector<std::string> columns_of_roles(const std::vector<RoleSource>& sources) {
    std::vector<std::string> names;
    for (const auto& source : sources) {
        if (!source.in.given() && !source.column.empty()) names.push_back(source.column);
        for (const auto& [role, column] : source.flags) names.push_back(column);
    }
    return names;
}

}  // namespace

const std::string& UsersTable::name(UsersColumn column) const {
    static const std::string none;
    switch (column) {
        case UsersColumn::id:
            return id;
        case UsersColumn::scope:
            return scope_column;
        case UsersColumn::email:
            return email;
        case UsersColumn::phone:
            return phone;
        case UsersColumn::login:
            return login;
        case UsersColumn::password:
            return password;
        case UsersColumn::locale:
            return locale;
        case UsersColumn::active:
            return active;
        case UsersColumn::disabled:
            return disabled;
        case UsersColumn::created_at:
            return created_at;
        case UsersColumn::last_login:
            return last_login;
        case UsersColumn::password_changed_at:
            return password_changed_at;
        case UsersColumn::role:
        case UsersColumn::refuse:
        case UsersColumn::blocked_by:
        case UsersColumn::second_factor:
        case UsersColumn::must_change:
        case UsersColumn::clear:
        case UsersColumn::empty:
        case UsersColumn::salt:
        case UsersColumn::rotate:
        case UsersColumn::side_hash:
        case UsersColumn::side:
            break;
    }
    return none;
}

std::vector<std::string> UsersTable::names(UsersColumn column) const {
    std::vector<std::string> names;
    if (column == UsersColumn::role) return columns_of_roles(roles);
    if (column == UsersColumn::refuse) add_conditions(refuse, names);
    if (column == UsersColumn::blocked_by) add_conditions(blocked_by, names);
    if (!other_table(column) && !name(column).empty()) names.push_back(name(column));
    return names;
}

const OtherTable* UsersTable::other_table(UsersColumn column) const {
    const auto found = elsewhere.find(column);
    return found == elsewhere.end() ? nullptr : &found->second;
}

}  // namespace pwreset::db
