#include "src/doctor/profile_rights.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "db/names.h"

namespace pwreset {

namespace {

using Names = std::vector<std::string>;

/// Each name once.
void add_names(Names& names, const Names& others) {
    for (const auto& other : others) {
        if (std::find(names.begin(), names.end(), other) == names.end()) names.push_back(other);
    }
}

template <typename Columns>
Names names_of(const Columns& columns) {
    Names names;
    for (const auto& column : columns) names.push_back(column.name);
    return names;
}
Names names_of(const Constants& constants) {
    Names names;
    for (const auto& [column, constant] : constants) names.push_back(column);
    return names;
}

/// Adds what one part of a profile needs, all of it for those commands alone that issue, take back or sweep.
class RightsOfParts {
public:
    RightsOfParts(const Config& config, RightsNeeded& needed) : config_(config), needed_(needed) {}

    void add(const std::string& table, const char* right, const Names& columns, bool whole = false) {
        if (columns.empty() && !whole) return;
        const auto [schema, name] = db::schema_and_table(config_.database.name, table);
        needed_.tables.push_back({schema, name, {right}, columns, true});
    }

private:
    const Config& config_;
    RightsNeeded& needed_;
};

void add_store(const Config& config, const ResetStore& store, RightsOfParts& needs) {
    if (store.mode == StoreMode::ledger || store.mode == StoreMode::none) return;
    const bool columns = store.mode == StoreMode::columns;
    const std::string& table = columns ? config.users.table : store.table;
    Names read = names_of(store.find);
    for (const auto& more : {names_of(store.where), names_of(store.prefix), names_of(store.set), names_of(store.empty)})
        add_names(read, more);
    needs.add(table, "SELECT", read);
    Names written;
    if (columns || store.mode == StoreMode::upsert) add_names(written, names_of(store.set));
    if (columns || store.revocation == Revocation::empty) add_names(written, names_of(store.empty));
    needs.add(table, "UPDATE", written);
    if (columns) return;
    needs.add(table, "INSERT", {}, true);
    if (store.mode == StoreMode::delete_insert || store.revocation == Revocation::remove || store.purge)
        needs.add(table, "DELETE", {}, true);
}

std::string columns_in_brackets(const Names& columns) {
    std::string all;
    for (const auto& column : columns) all += (all.empty() ? " (" : ", ") + db::backquoted(column);
    return all.empty() ? all : all + ")";
}

}  // namespace

void add_profile_rights(const Config& config, const Profile& profile, RightsNeeded& needed) {
    RightsOfParts needs(config, needed);
    const auto& users = config.users;
    Names reads;
    for (const auto& column : profile.reads) add_names(reads, {column.column});
    needs.add(users.table, "SELECT", reads);
    add_store(config, profile.store, needs);
    if (profile.must_change) add_demand_rights(config, needed);
    const auto& bump = profile.store.bump_column;
    if (!bump.empty()) {
        needs.add(users.table, "SELECT", {bump});
        needs.add(users.table, "UPDATE", {bump});
    }
    for (const auto& cache : profile.store.caches) {
        needs.add(cache.table, "SELECT", names_of(cache.find));
        needs.add(cache.table, "DELETE", {}, true);
    }
    for (const auto& secret : profile.secrets) {
        if (secret.table.empty()) continue;
        Names read{secret.column};
        add_names(read, names_of(secret.where));
        needs.add(secret.table, "SELECT", read);
    }
    const auto& addresses = profile.scheme_keys.addresses;
    if (!addresses.table.empty()) {
        Names read{addresses.user, addresses.column};
        add_names(read, names_of(addresses.where));
        needs.add(addresses.table, "SELECT", read);
    }
}

std::vector<GrantStatement> grant_statements(const RightsNeeded& needed, const std::string& login) {
    using Rights = std::vector<std::pair<std::string, std::pair<bool, Names>>>;  // a right, on the table or on these
    std::vector<std::pair<std::tuple<std::string, std::string, bool>, Rights>> tables;
    for (const auto& one : needed.tables) {
        const std::tuple table{one.schema, one.table, one.of_selection};
        auto found =
            std::find_if(tables.begin(), tables.end(), [&](const auto& other) { return other.first == table; });
        if (found == tables.end()) found = tables.insert(tables.end(), {table, {}});
        for (const auto& right : one.rights) {
            auto& rights = found->second;
            auto at =
                std::find_if(rights.begin(), rights.end(), [&](const auto& other) { return other.first == right; });
            if (at == rights.end()) at = rights.insert(rights.end(), {right, {false, {}}});
            if (one.columns.empty()) at->second.first = true;
            add_names(at->second.second, one.columns);
        }
    }
    std::vector<GrantStatement> statements;
    for (const auto& [place, rights] : tables) {
        const auto& [schema, table, of_selection] = place;
        std::string list;
        for (const auto& [right, on] : rights)
            list += (list.empty() ? "" : ", ") + right +
                    (on.first || right == "DELETE" ? "" : columns_in_brackets(on.second));
        statements.push_back(
            {schema, table,
             "GRANT " + list + " ON " + db::backquoted(schema) + "." + db::backquoted(table) + " TO " + login});
    }
    return statements;
}

}  // namespace pwreset
