// pwreset's own tables: made and upgraded step by step, each step's state recorded before and after.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// One DDL statement (on SQLite: and its indexes). Steps may run again after a crash: each says IF NOT EXISTS.
struct Step {
    int number = 0;
    std::string name;  ///< "tokens"
    std::string sql;
    bool done = false;
};

/// All steps for this database in order, with what is done already.
std::vector<Step> migration_plan(Session& session);
/// Runs the steps that are not done; safe when two do it at once (a lease) and when one is killed (its lease ends with
/// it, its step runs again). `on_step` is told before each. Waits up to 30 s for another that is at it.
void migrate(Session& session, const std::string& owner, const std::function<void(const Step&)>& on_step);
/// The newest step that is recorded as done, also one that only a later release knows; 0 without any.
std::int64_t newest_step(Session& session);
/// Throws Error CONFIG with the remedy unless every step is done.
void require_current_schema(Session& session);

}  // namespace pwreset::db
