// What the login at the database may do there, against what pwreset needs: missing rights stop it, others are a burden
// the day somebody breaks in.
#pragma once

#include <string>
#include <vector>

#include "db/inventory.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// What is needed on one table.
struct TableRights {
    std::string schema;
    std::string table;
    std::vector<std::string> rights;   ///< "SELECT", "INSERT" …
    std::vector<std::string> columns;  ///< the right on these is enough; empty: on the table, or a part of it
    bool by_role = false;              ///< only some of the roles of packaging/grants need them
    bool of_passwords = false;         ///< only to store temporary passwords
    bool of_selection = false;         ///< only to choose many accounts by: a statement of its own
};

struct RightsNeeded {
    std::string application_schema;
    std::string own_schema;  ///< may be the same
    std::vector<TableRights> tables;
};

/// Adds what it takes to have the application demand a new password.
void add_demand_rights(const Config& config, RightsNeeded& needed);
/// What the configuration asks for; on pwreset's own tables only when these are there.
RightsNeeded rights_needed(const Config& config, bool own_tables);
/// The lines of the grants judged. Never repeats one: MariaDB's hold password hashes.
Checks judge_rights(const db::LoginFacts& login, const RightsNeeded& needed);

/// pwreset's tables and the rights its statements need there.
const std::vector<TableRights>& own_table_rights();

}  // namespace pwreset
