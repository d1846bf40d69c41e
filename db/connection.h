// A new connection to the server: to the first of the hosts that takes writes, encrypted as it was said, with the
// settings that every statement relies on.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "db/session.h"

namespace pwreset::db {

/// How long one statement waits for locks, of rows and of tables.
constexpr std::chrono::seconds longest_wait{10};

/// Opens it. Of several hosts that answer and are all read-only, the first. Throws Error UNAVAILABLE or CONFIG.
std::unique_ptr<soci::session> connected(const ConnectOptions& options);
/// Connector/C's handle; SOCI's backend must be that of MySQL.
st_mysql* mysql_handle(soci::session& session);
/// Connector/C's words for the other end, such as "db1.example via TCP/IP", with the host as it is configured.
std::string described(const ConnectOptions& options, st_mysql* handle);
/// The host as the library is told it. From release 3.4 on it compares no name with a certificate where the host is
/// "127.0.0.1" or "::1"; another spelling of the same address it does compare.
std::string spelled(const std::string& host);
/// A text of the library with the host as it is configured.
std::string with_own_spelling(std::string text, const std::string& host);

}  // namespace pwreset::db
