// What a job of many has queued is claimed, looked at and marked by the batch, and loses nothing by it.
#include <atomic>
#include <chrono>
#include <thread>

#include "src/audit/page.h"
#include "src/audit/verify.h"
#include "src/delivery/marks.h"
#include "src/queue/enqueue.h"
#include "src/queue/forfeit.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

/// Links to accounts 1 to `people`, queued by the page as a job of many does it.
struct Crowd : Desk {
    explicit Crowd(int people) {
        std::vector<std::string> ids;
        for (int id = 1; id <= people; ++id) {
            account({.id = id, .email = "p" + std::to_string(id) + "@example.com"});
            ids.push_back(std::to_string(id));
        }
        Context context = invocation();
        const auto rows = accounts.by_ids(ids);
        Page page{.job = {.app = "shop",
                          .command = "request",
                          .budget = Budget::jobs,
                          .operator_name = "tom",
                          .grounds = {"INC-7", {}},
                          .locale = {},
                          .trace_id = context.trace_id,
                          .total = people},
                  .action = "request",
                  .lane = Lane::bulk};
        for (const auto& row : rows) page.rows.push_back({row, {Kind::link, Channel::email}});
        db::Transaction transaction(session);
        enqueue(context, page);
        transaction.commit();
    }
    std::int64_t count(const std::string& of) { return std::stoll(text("SELECT COUNT(*) FROM " + of)); }
    std::int64_t sent() { return count("pwreset_deliveries WHERE state = 'sent'"); }
    Lines findings() {
        Context context = invocation();
        Lines kinds;
        for (const auto& finding : verify_audit(context, {}, false, [](std::int64_t) {}).findings)
            kinds.push_back(finding.kind);
        return kinds;
    }
    /// What the trail tells of an account, oldest first.
    Lines told_of(const std::string& account) {
        db::AuditFilter filter;
        filter.account = account;
        include_pages(session, "shop", filter);
        Lines told;
        for (const auto& row : db::list_audit(session, "shop", filter, 0, 100))
            told.insert(told.begin(), row.action + " " + row.result);
        return told;
    }
    std::int64_t live() { return count("pwreset_tokens WHERE live = 1"); }
};

/// Waits until something is so that another thread makes so.
template <typename Condition>
bool came_true(const Condition& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace

TEST_CASE("a crowd is mailed, and marked some at a time") {
    Crowd crowd(120);
    int marked = 0;
    crowd.at["marking"] = [&] { ++marked; };
    CHECK(crowd.deliver().sent == 120);
    CHECK(crowd.sent() == 120);
    CHECK(crowd.live() == 120);
    CHECK(crowd.post.posted.size() == 120);
    CHECK(marked < 40);
    CHECK(crowd.text("SELECT answer FROM pwreset_deliveries WHERE id = 7") == "250 2.0.0 queued as 4F2A");
}

TEST_CASE("a worker that is killed in a crowd sends no more twice than it had not marked") {
    Crowd crowd(80);
    int taken = 0;
    crowd.at["accepted"] = [&] {
        if (++taken == 60) throw Killed{};
    };
    CHECK_THROWS_AS(crowd.deliver(), Killed);
    crowd.died();
    crowd.at.clear();
    crowd.deliver();
    CHECK(crowd.sent() == 80);
    CHECK(crowd.live() == 80);
    CHECK(crowd.post.posted.size() > 80);
    CHECK(crowd.post.posted.size() <= 80 + most_unmarked);
}

TEST_CASE("one that was revoked after its mail was taken is not marked, and the others are") {
    Crowd crowd(6);
    std::atomic<int> taken{0};
    crowd.post.sending = [&] { ++taken; };
    bool revoked = false;
    crowd.at["accepted"] = [&] {
        if (revoked) return;
        revoked = true;
        CHECK(came_true([&] { return taken >= 3; }));  // the third is with the relay, and nothing is marked yet
        crowd.take_back("id:3");
    };
    const auto pass = crowd.deliver();
    CHECK(pass.sent == 5);
    CHECK(pass.dropped == 1);
    CHECK(crowd.post.posted.size() == 6);
    CHECK(crowd.text("SELECT state FROM pwreset_deliveries WHERE account = '3'") == "cancelled");
    CHECK(crowd.live() == 5);
}

TEST_CASE("a revocation reaches what is claimed and has not left within a second") {
    Crowd crowd(5);
    std::atomic<int> begun{0};
    std::atomic<bool> revoked{false};
    std::atomic<int> looks{0};
    crowd.looked = [&] {
        ++looks;
        if (begun == 0 || revoked) return;
        revoked = true;
        crowd.take_back("id:5");
    };
    crowd.post.sending = [&] {
        if (++begun == 1) came_true([&] { return revoked.load(); });
        if (begun != 2) return;
        // The worker looks at its claims twice a second, each time it has looked for a signal.
        std::this_thread::sleep_for(std::chrono::milliseconds(550));
        came_true([&, seen = looks.load()] { return looks >= seen + 5; });
    };
    const auto pass = crowd.deliver();
    CHECK(pass.sent == 4);
    CHECK(pass.dropped == 1);
    CHECK(crowd.post.posted.size() == 4);
}

TEST_CASE("marks of a crowd that cannot be written are written when the database is back, and nothing goes twice") {
    for (const bool during_commit : {false, true}) {
        Crowd crowd(20);
        int tries = 0;
        crowd.at["marking"] = [&] {
            if (++tries == 1) throw db::Conflict{};
            if (tries == 2 && during_commit) throw db::Conflict{};
        };
        CHECK(crowd.deliver().sent == 20);
        CHECK(crowd.post.posted.size() == 20);
    }
}

TEST_CASE("what a crowd's relay refuses is marked as what it is, beside those that it takes") {
    Crowd crowd(6);
    crowd.post.answers = {
        {Verdict::accepted, false, "250 ok", {}, false, false, true, true},
        {Verdict::permanent, false, "550 5.1.1 nobody", Concern::recipient, false, false, true, false},
        {Verdict::temporary, true, "450 4.2.0 greylisted"}};
    const auto pass = crowd.deliver();
    CHECK(pass.sent == 4);
    CHECK(pass.failed == 1);
    CHECK(pass.deferred == 1);
    CHECK(crowd.delivery(2) == "failed undeliverable");
    CHECK(crowd.delivery(3) == "queued");
}

TEST_CASE("after a signal a crowd's taken mails are marked, and the rest is put back") {
    Crowd crowd(8);
    crowd.post.sending = [&] {
        if (crowd.post.posted.size() == 3) crowd.signal = 15;
    };
    CHECK(thrown_by([&] { crowd.deliver(); }) != "");
    CHECK(crowd.sent() == 3);
    CHECK(crowd.count("pwreset_deliveries WHERE state = 'queued'") == 5);
    CHECK(crowd.live() == 3);
}

TEST_CASE("the trail tells of a crowd by the page, and of each of it through the ledger") {
    Crowd crowd(30);
    crowd.deliver();
    CHECK(crowd.count("pwreset_audit WHERE action = 'request'") == 1);
    CHECK(crowd.count("pwreset_audit WHERE action = 'mint'") < 10);
    CHECK(crowd.count("pwreset_audit WHERE action = 'send'") < 10);
    for (const auto* account : {"1", "17", "30"})
        CHECK(crowd.told_of(account) == Lines{"request queued", "mint done", "send sent"});
    CHECK(crowd.told_of("31").empty());
    CHECK(crowd.count("pwreset_audit WHERE ticket = 'INC-7'") == crowd.count("pwreset_audit"));
    CHECK(crowd.findings().empty());
}

TEST_CASE("a ledger that says something else than a page is told, and one from which rows were purged is not") {
    Crowd crowd(12);
    crowd.deliver();
    SECTION("another verifier") {
        crowd.session.run("UPDATE pwreset_tokens SET verifier = UNHEX(:digits) WHERE account = '3'",
                          {{"digits", std::string(64, 'f')}});
        CHECK(crowd.findings() == Lines{"ledger"});
    }
    SECTION("another state") {
        crowd.session.run("UPDATE pwreset_deliveries SET state = 'failed' WHERE account = '3'");
        CHECK(crowd.findings() == Lines{"ledger"});
    }
    SECTION("purged") {
        crowd.session.run("DELETE FROM pwreset_tokens");
        crowd.session.run("DELETE FROM pwreset_deliveries WHERE account = '3'");
        CHECK(crowd.findings().empty());
    }
}

TEST_CASE("whoever moved since a crowd was mailed loses the link that went to the old address") {
    Crowd crowd(3);
    crowd.deliver();
    crowd.session.run("UPDATE users SET email = 'elsewhere@example.com' WHERE id = 2");
    Context context = crowd.invocation();
    CHECK(end_forfeited(context, {}) == 1);
    CHECK(crowd.text("SELECT void_reason FROM pwreset_tokens WHERE account = '2'") == "moved");
}
