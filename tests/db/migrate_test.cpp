#include "db/own/migrate.h"

#include <algorithm>
#include <atomic>

#include "db/own/leases.h"
#include "src/base/process.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

const std::vector<std::string> tables{"schema", "leases", "jobs",        "deliveries", "tokens",
                                      "limits", "audit",  "checkpoints", "keys",       "intake"};
/// The steps: most are named by the table they make.
const std::vector<std::string> all_names = [] {
    std::vector<std::string> names(tables.begin(), tables.end() - 1);
    names.insert(names.end(), {"audit-mac", "intake", "erasing", "notices", "override-protected", "text-messages",
                               "operator-names", "web-limits", "password-form", "proofs", "lanes", "bulk-jobs"});
    return names;
}();

/// The names of the steps that ran.
std::vector<std::string> migrated(Session& session, const std::string& owner = process_identity()) {
    std::vector<std::string> names;
    migrate(session, owner, [&](const Step& step) { names.push_back(step.name); });
    return names;
}

Error migrate_fault_of(Session& session) {
    try {
        require_current_schema(session);
    } catch (const Error& error) {
        return error;
    }
    return {Exit::ok, "NONE", "no fault"};
}

}  // namespace

TEST_CASE("an empty database gets all tables, step by step, and the second time nothing") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    int number = 0;
    for (const auto& step : migration_plan(database.session)) {
        CHECK_FALSE(step.done);
        CHECK(step.number > number);
        number = step.number;
    }
    CHECK(migrated(database.session) == all_names);
    for (const auto& step : migration_plan(database.session)) CHECK(step.done);
    CHECK(migrated(database.session).empty());
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_schema WHERE state = 'done' AND finished_at IS NOT NULL") ==
          static_cast<std::int64_t>(all_names.size()));
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_leases") == 0);
    for (const auto& name : tables) CHECK_NOTHROW(database.number("SELECT COUNT(*) FROM pwreset_" + name));
}

TEST_CASE("migrating leaves the application's tables, and what ours hold") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const Job job(database.session);
    database.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY)");
    database.session.run("INSERT INTO users VALUES (1)");
    database.session.run("DELETE FROM pwreset_schema");
    CHECK(migrated(database.session) == all_names);
    CHECK(database.number("SELECT COUNT(*) FROM users") == 1);
    CHECK(database.text("SELECT trace_id FROM pwreset_jobs") == job.trace_id);
}

TEST_CASE("tables from before copies were found by their MAC get the index") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const bool sqlite = database.session.is_sqlite();
    database.session.run(sqlite ? "DROP INDEX pwreset_audit_mac" : "ALTER TABLE pwreset_audit DROP KEY mac");
    database.session.run("DELETE FROM pwreset_schema WHERE name = 'audit-mac'");
    CHECK(migrated(database.session) == std::vector<std::string>{"audit-mac"});
    CHECK(database.number(sqlite ? "SELECT COUNT(*) FROM sqlite_master WHERE name = 'pwreset_audit_mac'"
                                 : "SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() "
                                   "AND table_name = 'pwreset_audit' AND index_name = 'mac'") == (sqlite ? 1 : 2));
}

TEST_CASE("several that migrate at the same moment run each step once") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    std::atomic<int> next = 0;
    const auto ran = at_once(database.options, 4, [&](Session& session) {
        return migrated(session, "host-" + std::to_string(++next) + "/boot/1/1/1");
    });
    std::vector<std::string> all;
    for (const auto& names : ran) all.insert(all.end(), names.begin(), names.end());
    CHECK(all == all_names);
    CHECK(migrate_fault_of(database.session).message == "no fault");
}

TEST_CASE("a migration that others end again and again, as on a cluster, gets through") {
    Database database(Dialect::mariadb);
    database.session.run("DELETE FROM pwreset_schema WHERE name IN ('notices', 'text-messages')");
    // Each third of these statements is ended, as the DDL of others ends it.
    for (const char* trigger : {"BEFORE INSERT ON pwreset_schema", "BEFORE INSERT ON pwreset_leases",
                                "BEFORE UPDATE ON pwreset_schema", "BEFORE DELETE ON pwreset_leases"}) {
        std::string name(trigger);
        std::replace(name.begin(), name.end(), ' ', '_');
        TestDatabase::get().run("CREATE TRIGGER " + name + " " + trigger +
                                    " FOR EACH ROW BEGIN SET @calls = COALESCE(@calls, 0) + 1; IF @calls % 3 = 1 THEN "
                                    "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213; END IF; END",
                                TestDatabase::get().name);
    }
    CHECK(migrated(database.session) == std::vector<std::string>{"notices", "text-messages"});
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_leases") == 0);
    CHECK(migrate_fault_of(database.session).message == "no fault");
}

TEST_CASE("a step that was killed half-way runs again") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    database.session.run("UPDATE pwreset_schema SET state = 'started', finished_at = NULL WHERE name = 'tokens'");
    SECTION("before its table was there") { database.session.run("DROP TABLE pwreset_tokens"); }
    SECTION("after its table was there") {}
    SECTION("while its dead owner held the lease") {
        REQUIRE_FALSE(take_lease(database.session, "", "migrate", process_identity() + "0", Seconds(60)));
    }
    CHECK(migrate_fault_of(database.session).exit == Exit::config);
    CHECK(migrated(database.session) == std::vector<std::string>{"tokens"});
    CHECK(database.number("SELECT COUNT(*) FROM pwreset_tokens") == 0);
    CHECK(migrate_fault_of(database.session).message == "no fault");
}

TEST_CASE("a step that was killed after its column was there runs again") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const Job job(database.session);
    database.session.run("UPDATE pwreset_schema SET state = 'started' WHERE name = 'override-protected'");
    CHECK(migrated(database.session) == std::vector<std::string>{"override-protected"});
    CHECK(database.number("SELECT override_protected FROM pwreset_jobs") == 0);
}

TEST_CASE("tables that are not there, or too old, are a fault of the configuration that names the remedy") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    CHECK(migrate_fault_of(database.session).code == "CONFIG");
    CHECK_THAT(migrate_fault_of(database.session).hint, ContainsSubstring("'pwreset migrate'"));
    migrated(database.session);
    database.session.run("DELETE FROM pwreset_schema WHERE name = 'audit'");
    CHECK(migrate_fault_of(database.session).code == "CONFIG");
    CHECK(migrate_fault_of(database.session).hint == "run 'pwreset migrate'");
}
