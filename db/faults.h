// A driver's fault in words of our own: SOCI's texts quote bound values, a digest or an address among them.
#pragma once

#include "db/session.h"
#include "src/base/error.h"

namespace soci {
class soci_error;
}

namespace pwreset::db {

/// The fault of a connection attempt to one host ("" for the socket), as the Error to throw (UNAVAILABLE or CONFIG).
Error connect_fault(const soci::soci_error& fault, const ConnectOptions& options, const std::string& host);
/// A table's AUTO_INCREMENT is at its end.
Error no_ids_left();
/// Throws what a statement's fault means: Duplicate, Conflict, Lost, or an Error.
[[noreturn]] void throw_statement_fault(const soci::soci_error& fault, bool sqlite);
/// The same for the paths that use Connector/C directly.
[[noreturn]] void throw_server_fault(unsigned number, const std::string& message);

}  // namespace pwreset::db
