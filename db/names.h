// Names of schemas, tables and columns in statements.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace pwreset::db {

class Session;

/// An identifier in backquotes, which both dialects understand. `name` was validated when the configuration was read.
std::string backquoted(std::string_view name);
/// "schema.table" or "table", each part quoted; a bare table gets the application's schema.
std::string qualified(const Session& session, std::string_view table);
/// The two parts of "schema.table"; a bare table belongs to `usual`.
std::pair<std::string, std::string> schema_and_table(std::string_view usual, std::string_view table);

}  // namespace pwreset::db
