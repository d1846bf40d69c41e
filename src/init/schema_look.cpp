#include "src/init/schema_look.h"

#include <algorithm>

#include "db/inventory.h"
#include "src/base/ascii.h"

namespace pwreset {
namespace {

/// Whatever the preset, one look at so many tables is enough.
constexpr std::size_t most_tables = 500;

}  // namespace

Schema look_at_schema(db::Session& session, const std::string& schema, const std::vector<Signature>& signatures) {
    Schema found;
    for (const auto& table : db::table_names(session, schema)) {
        // Also where nothing else is known: the least that an application has.
        if (!may_matter(table, signatures) && ascii_lower(table) != "users") continue;
        if (found.size() == most_tables) break;
        auto& columns = found[ascii_lower(table)];
        for (const auto& column : db::columns(session, schema, table)) columns.insert(ascii_lower(column.name));
    }
    return found;
}

std::vector<TableColumns> all_columns(db::Session& session, const std::string& schema) {
    std::vector<TableColumns> found;
    auto tables = db::table_names(session, schema);
    std::sort(tables.begin(), tables.end());
    for (const auto& table : tables) {
        if (table.starts_with("pwreset_")) continue;
        if (found.size() == most_tables) break;
        found.push_back({table, {}});
        for (const auto& column : db::columns(session, schema, table)) found.back().columns.push_back(column.name);
    }
    return found;
}

}  // namespace pwreset
