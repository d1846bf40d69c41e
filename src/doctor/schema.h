// pwreset's own tables: made, of this release, transactional.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/inventory.h"
#include "db/own/migrate.h"
#include "src/config/config.h"
#include "src/doctor/check.h"
#include "src/keys/former_names.h"

namespace pwreset {

struct SchemaState {
    std::vector<db::Step> steps;                      ///< of this program, with what is done
    std::int64_t newest = 0;                          ///< the newest step that the database knows
    std::vector<std::string> other_engines;           ///< tables of ours that are not InnoDB
    std::vector<std::string> short_of_ids{};          ///< tables of ours whose next row gets a huge id
    std::vector<db::ForeignKeyFacts> foreign_keys{};  ///< of other tables, to ours
    std::vector<db::TriggerFacts> triggers{};         ///< on ours
    std::vector<FormerName> former{};                 ///< names that no configuration has
};

/// Reads the state; `current` tells whether every step of this program is done, and so the tables can be read.
Checks check_schema(const Env& env, db::Session& session, const Config& config, bool& current);
Checks judge_schema(const SchemaState& state);

}  // namespace pwreset
