#include "src/subject/erase.h"

#include "db/own/deliveries.h"
#include "db/own/jobs.h"
#include "db/own/limits.h"
#include "db/own/migrate.h"
#include "db/own/tokens.h"
#include "src/apps/users_table.h"
#include "src/audit/trail.h"
#include "src/base/error.h"
#include "src/limits/limits.h"
#include "src/token/mint.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

Keyring ring(const std::string& letters) {
    std::vector<Key> keys;
    for (const char letter : letters) keys.push_back({std::string("k") + letter, Secret(std::string(32, letter))});
    return Keyring(std::move(keys));
}

db::ConnectOptions in_memory() {
    db::ConnectOptions options;
    options.kind = db::ConnectOptions::Kind::sqlite;
    options.path = ":memory:";
    return options;
}

db::UsersTable users_table() {
    db::UsersTable names;
    names.table = "users";
    names.id = "id";
    names.email = "email";
    names.login = "login";
    return names;
}

const RowsSeen unseen = [](std::int64_t) {};

/// Ana (42) and Bob (7), on a database in memory.
struct Office {
    explicit Office(const std::string& keys_of_ours = "o") : keys{ring("a"), ring(keys_of_ours)} {
        world.env.signalled = [] { return 0; };
        world.env.checkpoint = [](std::string_view) {};
        db::migrate(session, "elsewhere", [](const db::Step&) {});
        session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, login TEXT)");
        session.run("INSERT INTO users VALUES (42, 'Ana@example.com', 'anna'), (7, 'bob@example.com', 'bob')");
        config.application = "shop";
        who.name = "tom";
    }

    void say(const std::string& account, const std::string& address, const std::string& reason = "forgot it") {
        AuditEntry entry;
        entry.action = "request";
        entry.result = "queued";
        entry.account = account;
        entry.recipient = address;
        entry.ticket = "SUP-1";
        entry.reason = reason;
        record(context, {entry});
    }
    std::int64_t deliver(const std::vector<std::string>& to, const std::string& reason = "forgot it") {
        static int count = 1000;
        db::JobRow job;
        job.app = "shop";
        job.command = "request";
        job.operator_name = "tom";
        job.grounds.ticket = "SUP-1";
        job.grounds.reason = reason;
        job.trace_id = "trace-" + std::to_string(++count);
        const auto id = db::insert_job(session, job);
        std::vector<db::NewDelivery> rows;
        for (const auto& account : to) rows.push_back({account, Kind::link, Channel::email});
        db::insert_deliveries(session, "shop", id, rows, {});
        return id;
    }
    void token(const std::string& account, std::int64_t number) {
        db::NewToken made;
        made.account = account;
        made.channel = Channel::email;
        made.delivery_id = number;
        made.issued_at = session.now();
        made.expires_at = made.issued_at + Seconds(60);
        db::insert_tokens(session, "shop", {made});
        // One lives at a time.
        db::void_token_of(session, number, made.attempt, "superseded");
    }
    Holdings forget(const std::string& identity) {
        return erase(context, find_subject(context, identity, "subject-erase", unseen), {}, unseen);
    }
    std::vector<db::AuditRow> rows() { return db::list_audit(session, "shop", {}, 0, 10000); }
    std::int64_t number(const std::string& sql) { return session.row(sql)->integer(0); }
    /// What the entries of erasures account for, and what was erased: they are to be the same.
    std::pair<std::int64_t, std::int64_t> told_and_erased() {
        std::int64_t told = 0;
        std::int64_t erased = 0;
        for (const auto& row : rows()) {
            if (!row.salt) ++erased;
            const auto at = row.detail.value_or("").find("audit_rows=");
            if (row.action == "subject-erase" && row.detail) told += std::stoll(row.detail->substr(at + 11));
        }
        return {told, erased};
    }

    FakeEnv world;
    Config config;
    Keys keys;
    db::Session session{in_memory()};
    db::Accounts accounts{session, users_table()};
    Operator who;
    Profile profile = native_profile();
    Application application{world.env, config, profile, session, accounts};
    Context context = [this] {
        Context made{world.env, config, keys, session, accounts, who, "00000000-0000-4000-8000-000000000001"};
        made.at_work = &application;
        return made;
    }();
};

}  // namespace

TEST_CASE("an erased row of the trail keeps its MAC, and says nothing of the person") {
    Office office;
    office.say("42", "Ana@example.com");
    const auto before = office.rows().front();
    CHECK(office.forget("id:42").audit_rows == 1);
    const auto rows = office.rows();
    REQUIRE(rows.size() == 2);
    const auto& after = rows.back();
    for (const auto& field : {after.account, after.recipient, after.ticket, after.reason, after.detail, after.salt})
        CHECK_FALSE(field);
    CHECK(after.personal == before.personal);
    CHECK(after.mac == row_mac(after, office.keys.own.current().bytes));
    const auto& entry = rows.front();
    CHECK(entry.action == "subject-erase");
    CHECK(entry.detail == "tokens=0 deliveries=0 jobs=0 limits=0 intake=0 answers=0 audit_rows=1");
    CHECK_FALSE(entry.account);
    CHECK_FALSE(entry.recipient);
}

TEST_CASE("other people's rows are left as they are") {
    Office office;
    office.say("7", "bob@example.com");
    office.deliver({"7"});
    office.token("7", 1);
    db::prepare_limits(office.session, "shop", keys_naming("7"));
    office.say("42", "Ana@example.com");
    office.forget("ana@example.com");
    const auto row = office.rows().back();
    CHECK(row.account == "7");
    CHECK(row.personal == personal_digest(row));
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_deliveries") == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_tokens") == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_limits") == static_cast<std::int64_t>(keys_naming("7").size()));
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_jobs WHERE reason = 'forgot it'") == 1);
}

TEST_CASE("a job of two people keeps its texts, a job of hers alone does not") {
    Office office;
    const auto shared = office.deliver({"42", "7"});
    const auto alone = office.deliver({"42"});
    const auto gone = office.forget("id:42");
    CHECK(gone.deliveries == 2);
    CHECK(gone.jobs == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_jobs WHERE reason IS NOT NULL AND ticket IS NOT NULL AND id = " +
                        std::to_string(shared)) == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_jobs WHERE reason IS NULL AND ticket IS NULL AND id = " +
                        std::to_string(alone)) == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE account = '7'") == 1);
}

TEST_CASE("texts of others that name her go, and only those") {
    Office office;
    const auto job = office.deliver({"7"}, "for ANA@EXAMPLE.COM too");
    office.say("7", "bob@example.com", "asked by anna");
    office.say("7", "bob@example.com", "asked by susanna");
    office.session.run("UPDATE pwreset_deliveries SET answer = '550 ana@example.com: mailbox full'");
    const auto gone = office.forget("id:42");
    CHECK(gone.jobs == 1);
    CHECK(gone.answers == 1);
    CHECK(gone.audit_rows == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_jobs WHERE reason IS NULL AND ticket = 'SUP-1' AND id = " +
                        std::to_string(job)) == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_audit WHERE reason = 'asked by susanna' AND account = '7'") == 1);
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE answer IS NULL AND account = '7'") == 1);
}

TEST_CASE("an entry that names a delivery of hers and no account is about her") {
    Office office;
    office.deliver({"42"});
    AuditEntry entry;
    entry.action = "revoke";
    entry.result = "done";
    entry.delivery_id = 1;
    entry.reason = "she moved";
    record(office.context, {entry});
    CHECK(office.forget("id:42").audit_rows == 1);
    CHECK_FALSE(office.rows().back().reason);
}

TEST_CASE("digests made with an older key are found") {
    Office office("no");
    const Keyring old_ring = ring("o");
    const auto old = keyed_digest(old_ring, "recipient", "ana@example.com");
    db::prepare_limits(office.session, "shop", {recipient_key(old)});
    office.say("7", "ana@example.com");
    office.session.run("UPDATE pwreset_audit SET account = NULL, recipient = UNHEX(:old)",
                       {{"old", recipient_key(old).substr(10)}});
    const auto gone = office.forget("id:42");
    CHECK(gone.limits == 1);
    CHECK(gone.audit_rows == 1);
}

TEST_CASE("an address that no account has any more leads to those that had it") {
    Office office;
    office.say("42", "Ana@example.com");
    office.deliver({"42"});
    office.session.run("DELETE FROM users WHERE id = 42");
    const auto subject = find_subject(office.context, "ana@EXAMPLE.com", "subject-erase", unseen);
    CHECK(subject.accounts == std::vector<std::string>{"42"});
    CHECK(subject.rows.empty());
    CHECK(office.forget("ana@example.com").deliveries == 1);
    CHECK(find_subject(office.context, "ana@example.com", "subject-erase", unseen).accounts.empty());
}

TEST_CASE("an address that is only like another's is refused, unless somebody had it") {
    Office office;
    office.session.run("DROP TABLE users");
    office.session.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT COLLATE RTRIM, login TEXT)");
    office.session.run("INSERT INTO users VALUES (9, 'eve@example.com ', NULL)");
    CHECK_THROWS_AS(find_subject(office.context, "eve@example.com", "subject-erase", unseen), Error);
    CHECK(office.rows().front().result == "USER_NOT_FOUND");
    office.say("8", "eve@example.com");
    const auto subject = find_subject(office.context, "eve@example.com", "subject-erase", unseen);
    CHECK(subject.accounts == std::vector<std::string>{"8"});
}

TEST_CASE("an earlier address that is another's by now is left to that one") {
    Office office;
    office.say("42", "old@example.com");
    office.say("7", "old@example.com");
    CHECK(office.forget("id:42").audit_rows == 1);
    CHECK(office.rows()[1].account == "7");
}

TEST_CASE("a thousand rows go in several transactions, each with its entry, and nothing is left") {
    Office office;
    for (int i = 0; i < 1200; ++i) {
        office.token("42", i);
        office.say("42", "Ana@example.com");
        office.say("7", "bob@example.com", "for anna");
    }
    const auto held = survey(office.context, find_subject(office.context, "id:42", "subject-erase", unseen), unseen);
    CHECK(held.tokens == 1200);
    CHECK(held.audit_rows == 2400);
    const auto gone = office.forget("id:42");
    CHECK(gone.tokens == 1200);
    CHECK(gone.audit_rows == 2400);
    CHECK(office.told_and_erased() == std::pair<std::int64_t, std::int64_t>(2400, 2400));
    CHECK(office.number("SELECT COUNT(*) FROM pwreset_audit WHERE action = 'subject-erase'") > 4);
    CHECK(office.forget("id:42").total() == 0);
}

TEST_CASE("an erasure whose reason names the next to be erased is accounted for by that one") {
    Office office;
    office.say("42", "Ana@example.com");
    const auto ana = find_subject(office.context, "id:42", "subject-erase", unseen);
    erase(office.context, ana, {{}, "asked for by bob@example.com"}, unseen);
    CHECK(office.told_and_erased() == std::pair<std::int64_t, std::int64_t>(1, 1));
    CHECK(office.forget("id:7").audit_rows == 1);
    CHECK(office.told_and_erased() == std::pair<std::int64_t, std::int64_t>(2, 2));
}

TEST_CASE("a reason that names the person is refused, and not recorded") {
    Office office;
    const auto ana = find_subject(office.context, "id:42", "subject-erase", unseen);
    CHECK_THROWS_AS(require_unnamed(office.context, ana, {{}, "Anna wants it"}), Error);
    CHECK_THROWS_AS(require_unnamed(office.context, ana, {"ana@example.com", {}}), Error);
    CHECK_NOTHROW(require_unnamed(office.context, ana, {"SUP-42", "she wants it"}));
    for (const auto& row : office.rows()) {
        CHECK(row.result == "INVALID_INPUT");
        CHECK_FALSE(row.ticket);
        CHECK_FALSE(row.reason);
    }
}

TEST_CASE("another application in the same tables is another's") {
    Office office;
    office.say("42", "Ana@example.com");
    office.session.run("UPDATE pwreset_audit SET app = 'crm'");
    CHECK(office.forget("id:42").total() == 0);
}
