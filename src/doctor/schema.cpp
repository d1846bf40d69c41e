#include "src/doctor/schema.h"

#include <algorithm>
#include <set>

#include "db/inventory.h"
#include "db/names.h"
#include "src/doctor/rights.h"

namespace pwreset {

namespace {

constexpr const char* schema_area = "schema";
constexpr const char* own_prefix = "pwreset_";

std::int64_t open_steps(const SchemaState& state) {
    return std::count_if(state.steps.begin(), state.steps.end(), [](const db::Step& step) { return !step.done; });
}

/// Half of what fits into 63 bits: nobody counts that far, so somebody has written such an id.
constexpr std::int64_t huge_id = std::int64_t{1} << 62;

void look_at_tables(db::Session& session, const std::string& schema, SchemaState& state) {
    std::set<std::string> names;
    for (const auto& table : own_table_rights()) names.insert(table.table);
    for (const auto& name : names) {
        const auto facts = db::table_facts(session, schema, name);
        if (!facts) continue;
        if (facts->engine != "InnoDB") state.other_engines.push_back(name);
        if (facts->next_id > huge_id) state.short_of_ids.push_back(name);
    }
    state.foreign_keys = db::foreign_keys_to(session, schema, own_prefix);
    state.triggers = db::triggers_on(session, schema, own_prefix);
}

/// What others have added to our tables, where it may refuse what we do. A key that deletes or empties its rows with
/// ours does not.
void judge_additions(const SchemaState& state, Checks& checks) {
    for (const auto& key : state.foreign_keys) {
        if (key.on_delete != "RESTRICT" && key.on_delete != "NO ACTION") continue;
        checks.push_back(problem(schema_area,
                                 "table '" + key.table + "' refers to '" + key.referred + "' (" + key.name +
                                     "): rows that it holds can neither be purged nor erased",
                                 "drop that key, or make it ON DELETE CASCADE or SET NULL"));
    }
    for (const auto& trigger : state.triggers) {
        const std::string finding =
            "trigger '" + trigger.name + "' (" + trigger.when + " on '" + trigger.table + "') is none of pwreset's";
        checks.push_back(trigger.signals
                             ? problem(schema_area, finding + ": what it refuses cannot be done",
                                       "drop it, or let it pass what pwreset's login does")
                             : warning(schema_area, finding, "see that it lets pass what pwreset's login does"));
    }
}

/// What lies under a name that was changed is out of reach; its audit trail alone is kept in order.
void judge_former(const SchemaState& state, Checks& checks) {
    for (const auto& former : state.former) {
        if (former.matters()) checks.push_back(problem(schema_area, in_words(former), remedy_for(former)));
    }
}

}  // namespace

Checks judge_schema(const SchemaState& state) {
    const auto open = open_steps(state);
    const auto all = static_cast<std::int64_t>(state.steps.size());
    if (open == all)
        return {problem(schema_area, "pwreset's tables are not there, or closed to this login",
                        "run 'pwreset migrate', or give the login its grants on them")};
    if (open > 0) {
        return {problem(schema_area,
                        std::to_string(open) + " of " + std::to_string(all) + " steps are not done: the tables " +
                            "are older than this program, or 'migrate' was interrupted",
                        "run 'pwreset migrate'")};
    }
    Checks checks;
    if (state.newest > state.steps.back().number) {
        checks.push_back(warning(schema_area,
                                 "the tables are newer (step " + std::to_string(state.newest) +
                                     ") than this program (step " + std::to_string(state.steps.back().number) + ")",
                                 "install the newer release of pwreset here too"));
    }
    for (const auto& table : state.other_engines) {
        checks.push_back(problem(schema_area, "table '" + table + "' is not transactional",
                                 "ALTER TABLE " + db::backquoted(table) + " ENGINE = InnoDB"));
    }
    for (const auto& table : state.short_of_ids) {
        checks.push_back(problem(schema_area,
                                 "table '" + table + "' is at the end of its ids: somebody wrote a row with a huge one",
                                 "delete that row, then ALTER TABLE " + db::backquoted(table) + " AUTO_INCREMENT = 1"));
    }
    judge_additions(state, checks);
    judge_former(state, checks);
    if (checks.empty()) checks.push_back(fine(schema_area, "all " + std::to_string(all) + " steps are done"));
    return checks;
}

Checks check_schema(const Env& env, db::Session& session, const Config& config, bool& current) {
    SchemaState state{db::migration_plan(session), db::newest_step(session), {}};
    current = open_steps(state) == 0;
    if (current && !session.is_sqlite()) {
        const auto& database = config.database;
        look_at_tables(session, database.schema.empty() ? database.name : database.schema, state);
    }
    if (current) state.former = former_names(env, session, config);
    return judge_schema(state);
}

}  // namespace pwreset
