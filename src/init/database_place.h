// Where the application's database is, as its configuration says: never its login's password.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pwreset {

struct DatabasePlace {
    std::string kind;  ///< "mysql", or what else the application has
    std::string host;  ///< empty where `socket` is used, or where it is not known
    int port = 0;      ///< 0: the usual one
    std::string socket;
    std::string name;  ///< of the schema
};

/// Reads "mysql://user:password@host:3306/name?unix_socket=…", also with "mysql2", "mariadb", "trilogy" or "pdo-mysql"
/// before the colon. Nothing for what is no such URL; a part that could not be shown is empty.
std::optional<DatabasePlace> place_of_url(std::string_view url);
/// Reads "host", "host:3306", "host:/path/of/the.sock" and ":/path/of/the.sock", as PHP takes them.
void read_host(std::string_view text, DatabasePlace& place);
/// A port in digits; 0 for anything else.
int port_of(std::string_view text);
/// Whether the word names a driver of MySQL or MariaDB.
bool is_mysql_driver(std::string_view word);

}  // namespace pwreset
