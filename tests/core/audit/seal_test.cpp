#include "src/audit/seal.h"

#include "db/own/keys.h"
#include "src/audit/retention.h"
#include "src/audit/trail.h"
#include "src/audit/verify.h"
#include "tests/catch.h"
#include "tests/core/audit/office.h"

using namespace pwreset;

namespace {

constexpr std::chrono::seconds patience{10};

AuditEntry sealed_entry(const std::string& action) {
    AuditEntry made;
    made.action = action;
    made.result = "done";
    return made;
}

std::vector<std::string> sealed_actions(Office& office) {
    std::vector<std::string> actions;
    for (const auto& row : db::sealed_audit(office.session, "shop", 0, 10000)) actions.push_back(row.action);
    return actions;
}

}  // namespace

TEST_CASE("rows are sealed in the order of their ids, once, and their head is the last one") {
    Office office;
    CHECK(chain_head(office.context).seq == 0);
    for (const auto* action : {"a", "b", "c"}) record_alone(office.context, sealed_entry(action));
    CHECK(seal(office.context, patience));
    record_alone(office.context, sealed_entry("d"));
    CHECK(seal(office.context, patience));
    CHECK(seal(office.context, patience));
    CHECK(sealed_actions(office) == std::vector<std::string>{"a", "b", "c", "d"});
    const auto head = chain_head(office.context);
    CHECK(head.seq == 4);
    CHECK(head.mac == db::sealed_audit(office.session, "shop", 3, 1).front().chain_mac);
    office.world.env.signalled = [] { return 0; };
    const auto result = verify_audit(office.context, {}, false, [](std::int64_t) {});
    CHECK(result.findings.empty());
    CHECK(result.rows == 4);
}

TEST_CASE("forged rows, however many, neither stop the sealer nor keep it at work") {
    Office office;
    record_alone(office.context, sealed_entry("real"));
    auto forged = office.rows().front();
    std::vector<db::AuditRow> rows;
    for (int i = 0; i < 2100; ++i) {
        forged.mac = std::to_string(i);
        rows.push_back(forged);
    }
    db::insert_audit(office.session, rows);
    record_alone(office.context, sealed_entry("later"));
    CHECK(seal(office.context, patience));
    CHECK(sealed_actions(office) == std::vector<std::string>{"real", "later"});
    std::int64_t told = 0;
    CHECK(look_at_unsealed(office.context, [&](std::int64_t) { ++told; }).forged == 2100);
    CHECK(told == 2100);
}

TEST_CASE("a command that recorded nothing does not seal, one that did does, also when it fails") {
    Office office;
    {
        db::Transaction transaction(office.session);
        record(office.context, {sealed_entry("other")});
        transaction.commit();
    }
    office.context.recorded = false;
    { const SealAtEnd nothing_recorded(office.context); }
    CHECK(sealed_actions(office).empty());
    try {
        const SealAtEnd fails(office.context);
        record_alone(office.context, sealed_entry("mine"));
        throw internal_error("x");
    } catch (const Error&) {
    }
    CHECK(sealed_actions(office) == std::vector<std::string>{"other", "mine"});
    CHECK_FALSE(office.context.recorded);
}

TEST_CASE("a command begun before a rotation neither seals nor purges") {
    Office office;
    record_alone(office.context, sealed_entry("old"));
    CHECK(seal(office.context, patience));
    record_alone(office.context, sealed_entry("unsealed"));
    const Time future = office.session.now() + Seconds(86400);
    REQUIRE(db::record_first_key(office.session, "shop", "own", "newer"));
    CHECK(is_key_replaced(office.context));
    CHECK_FALSE(seal(office.context, patience));
    CHECK(purge_audit(office.context, future, 100).deleted == 0);
    REQUIRE(db::replace_current_key(office.session, "shop", "own", "newer", office.keys.own.current().id));
    CHECK(seal(office.context, patience));
    CHECK(purge_audit(office.context, future, 100).deleted == 2);
    CHECK(sealed_actions(office).empty());
}

TEST_CASE("a verification that a rotation overtakes says so, and finds no tampering") {
    Office office;
    office.world.env.signalled = [] { return 0; };
    REQUIRE(db::record_first_key(office.session, "shop", "own", "newer"));
    CHECK_THROWS_AS(verify_audit(office.context, {}, true, [](std::int64_t) {}), Error);
}

TEST_CASE("sealing at the end of a command never fails it") {
    Office office;
    record_alone(office.context, sealed_entry("mine"));
    office.session.run("DROP TABLE pwreset_audit");
    CHECK_NOTHROW(seal_quietly(office.context));
}

TEST_CASE("what was recorded goes to the journal after the commit") {
    Office office;
    std::vector<std::string> told;
    office.world.env.journal = [&](const std::string& line) { told.push_back(line); };
    {
        db::Transaction dropped(office.session);
        record(office.context, {sealed_entry("dropped")});
    }
    {
        db::Transaction kept(office.session);
        record(office.context, {sealed_entry("one"), sealed_entry("two")});
        CHECK(told.empty());
        kept.commit();
    }
    REQUIRE(told.size() == 2);
    CHECK(told[0].find("PWRESET_ACTION=one\n") != told[0].npos);
    CHECK(told[1].find("PWRESET_ACTION=two\n") != told[1].npos);
}
