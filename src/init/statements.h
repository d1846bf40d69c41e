// The statements by which an administrator of the database lets pwreset in: a login of its own, with the least rights.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/secret.h"
#include "src/doctor/rights.h"
#include "src/init/database_place.h"

namespace pwreset {

/// A login that is to be made.
struct NewLogin {
    std::string user;
    std::string host;        ///< where it may come from: "localhost", "%"
    std::string own_schema;  ///< of pwreset's tables, made for them
};
/// The login that reaches a database there.
NewLogin new_login(const std::string& user, const std::string& own_schema, const DatabasePlace& place);

/// The statements in their order, without what ends them. The one that makes the login has `password` between its
/// quotes, which is nothing that has to be escaped: what is printed shows "…" there.
std::vector<std::string> statements_of(const NewLogin& login, const RightsNeeded& needed);
/// Where the password stands in a statement.
inline constexpr std::string_view password_place = "…";
/// The text of a file with all of them, the password in its place.
Secret statements_file(const std::vector<std::string>& statements, const Secret& password);
/// What takes back the rights that only "pwreset migrate" needs.
std::string statement_after_migration(const NewLogin& login);

/// A password for it: 32 letters and digits.
Secret drawn_password(const Env& env);
/// Whether a password can stand in a statement as it is: printable ASCII, without quotes and backslashes.
bool is_plain_password(std::string_view password);

}  // namespace pwreset
