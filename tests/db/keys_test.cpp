#include "db/own/keys.h"

#include <algorithm>

#include "db/retrying.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// "application=k1 own=k2"
std::string current(Session& session, const std::string& app = "shop") {
    std::string text;
    for (const auto& key : current_keys(session, app)) {
        text += (text.empty() ? "" : " ") + key.purpose + "=" + key.key_id;
    }
    return text;
}

}  // namespace

TEST_CASE("the first key of each purpose is recorded once, for each application") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    CHECK(current(session).empty());
    CHECK(record_first_key(session, "shop", "own", "k2"));
    CHECK(record_first_key(session, "shop", "application", "k1"));
    CHECK_FALSE(record_first_key(session, "shop", "own", "k3"));
    CHECK_FALSE(record_first_key(session, "shop", "own", "k2"));
    CHECK(record_first_key(session, "crm", "own", "k9"));
    CHECK(current(session) == "application=k1 own=k2");
    CHECK(current(session, "crm") == "own=k9");
}

TEST_CASE("a current key is replaced by whoever knows the former one, and has a new date") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    for (const char* app : {"shop", "crm"}) {
        for (const char* purpose : {"application", "own"}) record_first_key(session, app, purpose, "k1");
    }
    const Time before = current_keys(session, "shop").front().since;
    CHECK_FALSE(replace_current_key(session, "shop", "application", "k0", "k2"));
    CHECK(current(session) == "application=k1 own=k1");
    CHECK(replace_current_key(session, "shop", "application", "k1", "k2"));
    CHECK_FALSE(replace_current_key(session, "shop", "application", "k1", "k3"));
    CHECK(current(session) == "application=k2 own=k1");
    CHECK(current(session, "crm") == "application=k1 own=k1");
    CHECK(current_keys(session, "shop").front().since > before);
    CHECK(current_keys(session, "shop").front().since <= session.now());
}

TEST_CASE("of many that record or replace a key at the same moment one does") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const auto recorded = at_once(database.options, 8, [](Session& session) {
        bool first = false;
        retrying(session, [&] { first = record_first_key(session, "shop", "own", "k1"); });
        return first;
    });
    CHECK(std::count(recorded.begin(), recorded.end(), true) == 1);
    const auto replaced = at_once(database.options, 8, [](Session& session) {
        bool ours = false;
        retrying(session, [&] { ours = replace_current_key(session, "shop", "own", "k1", "k2"); });
        return ours;
    });
    CHECK(std::count(replaced.begin(), replaced.end(), true) == 1);
}
