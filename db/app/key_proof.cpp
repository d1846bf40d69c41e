#include "db/app/key_proof.h"

#include <algorithm>

#include "db/inventory.h"
#include "db/names.h"
#include "src/base/ascii.h"

namespace pwreset::db {

namespace {

/// Whether an index allows no two rows of one scope with the same key.
bool proves(const IndexFacts& index, const UsersTable& names) {
    const auto is = [](const std::string& column, const std::string& name) {
        return !name.empty() && ascii_lower(column) == ascii_lower(name);
    };
    return index.unique && std::all_of(index.columns.begin(), index.columns.end(), [&](const std::string& column) {
               return is(column, names.id) || is(column, names.scope_column);
           });
}

}  // namespace

std::optional<bool> is_unique(Session& session, const UsersTable& names) {
    const auto [schema, table] = schema_and_table(session.application_schema_name(), names.table);
    const auto found = indexes(session, schema, table);
    if (std::any_of(found.begin(), found.end(), [&](const IndexFacts& index) { return proves(index, names); })) {
        // MySQL shows of an index only the columns that our login may read: of (id, tenant) perhaps id alone.
        return session.is_mariadb() || session.is_sqlite() ? std::optional(true) : std::nullopt;
    }
    const auto facts = table_facts(session, schema, table);
    if (!facts || facts->view || names.kept_unique) return {};
    return false;
}

Error not_unique(const UsersTable& names) {
    const std::string key = "the key '" + names.id + "' of the users table is not unique: ";
    if (names.scope_column.empty()) {
        return config_error(key + "two accounts may have the same one",
                            "name the primary key in [users] id, or what tells its accounts apart: scope = { column = "
                            "\"tenant_id\", value = \"1\" }");
    }
    return config_error(key + "not even where '" + names.scope_column + "' is '" + names.scope_value + "'",
                        "name the columns of one unique index in [users] id and scope");
}

bool is_twice(Session& session, const UsersTable& names, const KeyForm& form, const std::string& key) {
    Params params;
    const std::string condition = is_key(form, names.id, key, params) + in_scope(names, params);
    const auto rows = session.rows("SELECT " + form.selected(names.id) + " FROM " + qualified(session, names.table) +
                                       " WHERE " + condition + " LIMIT 20",
                                   params);
    // What the database takes for equal may be another key ('a' and 'A').
    return std::count_if(rows.begin(), rows.end(),
                         [&](const Row& row) { return form.text(row.optional_text(0)) == key; }) > 1;
}

std::string in_scope(const UsersTable& names, Params& params) {
    if (names.scope_column.empty()) return {};
    return " AND " + backquoted(names.scope_column) + " = " +
           scope_value(names.scope_type, names.id_type, names.scope_value, params);
}

}  // namespace pwreset::db
