// Purging: what is past its retention goes, and nothing else; one purge at a time; it may be stopped at any batch.
#include "src/upkeep/purge.h"

#include <csignal>

#include "db/own/leases.h"
#include "src/audit/verify.h"
#include "src/recovery/public.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

constexpr Seconds day{86400};

PurgeResult purged(Desk& desk, const PurgeRequest& request = {}) {
    Context context = desk.invocation();
    return purge(context, request, [](const std::string&, std::int64_t) {});
}

/// "tokens 1", "deliveries 0", …
Lines gone(const PurgeResult& result) {
    Lines out;
    for (const auto& [table, count] : result.deleted) out.push_back(table + " " + std::to_string(count));
    return out;
}

/// A link that was sent, and whose delivery is done with.
void one_link(Desk& desk) {
    desk.account({});
    desk.request("id:42");
}

}  // namespace

TEST_CASE("while everything is young nothing is purged") {
    Desk desk;
    one_link(desk);
    CHECK(gone(purged(desk)) == Lines{"tokens 0", "deliveries 0", "jobs 0", "limits 0", "intake 0", "audit 0"});
    CHECK(desk.trail().back() == "purge done");
}

TEST_CASE("counters go after two days, tokens after a month, deliveries and their jobs after three") {
    Desk desk;
    one_link(desk);
    desk.later(2 * day + Seconds(3601));
    CHECK(gone(purged(desk)) == Lines{"tokens 0", "deliveries 0", "jobs 0", "limits 5", "intake 0", "audit 0"});
    desk.later(29 * day);
    CHECK(gone(purged(desk)) == Lines{"tokens 1", "deliveries 0", "jobs 0", "limits 0", "intake 0", "audit 0"});
    desk.later(60 * day);
    CHECK(gone(purged(desk)) == Lines{"tokens 0", "deliveries 1", "jobs 1", "limits 0", "intake 0", "audit 0"});
}

TEST_CASE("audit rows go after four hundred days, and what is left still verifies") {
    Desk desk;
    one_link(desk);
    purged(desk);
    desk.later(401 * day);
    const auto result = purged(desk);
    CHECK(result.deleted.back().first == "audit");
    CHECK(result.deleted.back().second > 0);
    CHECK(result.audit_faults == 0);
    Context context = desk.invocation();
    CHECK(verify_audit(context, {}, false, [](std::int64_t) {}).findings.empty());
}

TEST_CASE("what is queued is never purged") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.later(91 * day);
    CHECK(gone(purged(desk))[1] == "deliveries 0");
}

TEST_CASE("--older-than takes the place of the tokens' retention") {
    Desk desk;
    one_link(desk);
    desk.later(2 * day);
    CHECK(gone(purged(desk, {.older_than = day, .max_time = {}}))[0] == "tokens 1");
}

TEST_CASE("the MAC of a code that ended is erased, and the token stays") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::verify_caller});
    desk.later(2 * day);
    CHECK(purged(desk).codes_erased == 1);
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_tokens WHERE code_mac IS NULL") == "1");
}

TEST_CASE("the identity of a call that nobody worked off goes after a day") {
    Desk desk;
    Context context = desk.invocation();
    PublicCall call;
    call.identity = "ada@example.com";
    take_in(context, call, {});
    desk.later(day + Seconds(1));
    CHECK(gone(purged(desk))[4] == "intake 1");
}

TEST_CASE("a purge makes temporary passwords void whose day is over") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::temporary_password});
    const std::string stored = desk.password_of();
    desk.later(day + Seconds(1));
    CHECK(purged(desk).passwords_voided == 1);
    CHECK(desk.password_of() != stored);
}

TEST_CASE("a dry run of a purge counts, and deletes nothing") {
    Desk desk;
    one_link(desk);
    desk.later(91 * day);
    CHECK(gone(purged(desk, {.older_than = {}, .max_time = {}, .dry_run = true})) ==
          Lines{"tokens 1", "deliveries 1", "jobs 0", "limits 5", "intake 0", "audit 0"});
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("while another purge is at it nothing is done") {
    Desk desk;
    one_link(desk);
    db::take_lease(desk.session, "shop", "purge", "elsewhere", Seconds(60));
    const auto result = purged(desk);
    CHECK(result.busy);
    CHECK(result.deleted.empty());
    CHECK(desk.trail().back() == "send sent");
}

TEST_CASE("a purge whose host fell silent holds up the next for a minute only") {
    Desk desk;
    one_link(desk);
    db::take_lease(desk.session, "shop", "purge", "elsewhere", Seconds(60));
    desk.later(Seconds(61));
    CHECK_FALSE(purged(desk).busy);
}

TEST_CASE("a signal ends a purge between two batches, and it is recorded as interrupted") {
    Desk desk;
    one_link(desk);
    desk.signal = SIGTERM;
    CHECK(thrown_by([&] { purged(desk); }) == "INTERRUPTED 143");
    CHECK(desk.trail().back() == "purge interrupted");
    desk.signal = 0;
    CHECK_FALSE(purged(desk).busy);
}

TEST_CASE("a purge that ran out of time says so") {
    Desk desk;
    one_link(desk);
    CHECK_FALSE(purged(desk, {.older_than = {}, .max_time = Seconds(0)}).complete);
    CHECK(desk.trail().back() == "purge out of time");
}
