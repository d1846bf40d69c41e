// What the numbers of a server's errors mean to us: one table, for MariaDB, MySQL and the client library alike.
#pragma once

#include <span>
#include <string_view>

namespace pwreset::db {

/// What follows from an error of the server.
enum class Meaning {
    duplicate,     ///< a UNIQUE key was first
    again,         ///< the whole transaction again
    too_large,     ///< the same with fewer rows
    lost,          ///< the connection is gone
    foreign_text,  ///< no row can equal such a text
    stopped,       ///< the server ended a statement that took too long
    away,          ///< UNAVAILABLE: no fault of anything here, and may be over in a while
    read_only,     ///< UNAVAILABLE, unless another one of the hosts takes it
    full,          ///< IO_ERROR: disk, table, file
    no_id,         ///< IO_ERROR: an AUTO_INCREMENT is at its end
    settings,      ///< CONFIG: a name, a right, or what the server is set to
    ours,          ///< INTERNAL_ERROR: a statement that no server would take
};

struct ServerError {
    unsigned number = 0;
    Meaning meaning = Meaning::ours;
    /// What is wrong, in our words. Empty: the server's own are shown, which name schemas, columns and logins only;
    /// never so where they may quote a value.
    std::string_view fault;
    std::string_view hint;
};

/// The row of an error, by number and, where several faults share one, the server's text. What the table does not have
/// is read as `settings`, in words that quote nothing: our own statements are tested on both families, and what is left
/// are servers that are set up unlike those.
const ServerError& server_error(unsigned number, std::string_view message = {});
/// The table, by number.
std::span<const ServerError> server_errors();

}  // namespace pwreset::db
