#include "src/doctor/schema.h"

#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;

namespace {

/// All steps are done, and others have added these.
Lines with(std::vector<db::ForeignKeyFacts> keys, std::vector<db::TriggerFacts> triggers) {
    SchemaState state;
    state.steps = {db::Step{}};
    state.steps.front().done = true;
    state.newest = state.steps.front().number;
    state.foreign_keys = std::move(keys);
    state.triggers = std::move(triggers);
    return shown(judge_schema(state));
}

}  // namespace

TEST_CASE("a foreign key to our tables is a problem, unless it lets our rows go") {
    CHECK(
        with({{"shop.tickets", "tickets_ibfk_1", "pwreset_tokens", "RESTRICT"}}, {}) ==
        Lines{
            "problem: table 'shop.tickets' refers to 'pwreset_tokens' (tickets_ibfk_1): rows that it holds can neither "
            "be purged nor erased > drop that key, or make it ON DELETE CASCADE or SET NULL"});
    CHECK(with({{"shop.tickets", "k", "pwreset_jobs", "NO ACTION"}}, {}).size() == 1);
    const Lines fine{"ok: all 1 steps are done"};
    CHECK(with({{"shop.tickets", "k", "pwreset_tokens", "CASCADE"}, {"shop.notes", "n", "pwreset_tokens", "SET NULL"}},
               {}) == fine);
    CHECK(with({}, {}) == fine);
}

TEST_CASE("a trigger that can refuse is a problem, any other a warning") {
    CHECK(
        with({}, {{"keep", "pwreset_tokens", "BEFORE DELETE", true}}) ==
        Lines{
            "problem: trigger 'keep' (BEFORE DELETE on 'pwreset_tokens') is none of pwreset's: what it refuses cannot "
            "be done > drop it, or let it pass what pwreset's login does"});
    CHECK(with({}, {{"log", "pwreset_audit", "AFTER INSERT", false}}) ==
          Lines{"warning: trigger 'log' (AFTER INSERT on 'pwreset_audit') is none of pwreset's > see that it lets pass "
                "what "
                "pwreset's login does"});
}
