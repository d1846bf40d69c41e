#include "db/app/users_table.h"

namespace pwreset::db {

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
        case UsersColumn::role:
            return role_column;
        case UsersColumn::second_factor:
        case UsersColumn::must_change:
        case UsersColumn::clear:
        case UsersColumn::empty:
        case UsersColumn::salt:
        case UsersColumn::rotate:
            break;
    }
    return none;
}

}  // namespace pwreset::db
