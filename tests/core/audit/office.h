// Where an action finds everything, on a database in memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "db/own/audit.h"
#include "db/own/migrate.h"
#include "src/apps/users_table.h"
#include "src/context.h"
#include "tests/core/fake_env.h"

namespace pwreset {

inline Keyring ring(char byte) {
    std::vector<Key> keys;
    keys.push_back({std::string("k") + byte, Secret(std::string(32, byte))});
    return Keyring(std::move(keys));
}

inline db::ConnectOptions in_memory() {
    db::ConnectOptions options;
    options.kind = db::ConnectOptions::Kind::sqlite;
    options.path = ":memory:";
    return options;
}

inline db::UsersTable users_table() {
    db::UsersTable names;
    names.table = "users";
    names.id = "id";
    names.email = "email";
    return names;
}

/// What an action is given, on a database in memory.
struct Office {
    Office() {
        db::migrate(session, "elsewhere", [](const db::Step&) {});
        session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)");
        config.application = "shop";
        who.name = "tom";
        who.login_uid = "1007";
    }
    std::vector<db::AuditRow> rows() { return db::list_audit(session, "shop", {}, 0, 100); }

    FakeEnv world;
    Config config;
    Keys keys{ring('a'), ring('o')};
    db::Session session{in_memory()};
    db::Accounts accounts{session, users_table()};
    Operator who;
    Context context{world.env, config, keys, session, accounts, who, "00000000-0000-4000-8000-000000000001"};
};

}  // namespace pwreset
