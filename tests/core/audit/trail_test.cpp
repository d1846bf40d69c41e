#include "src/audit/trail.h"

#include <set>

#include "src/base/error.h"
#include "src/base/process.h"
#include "src/token/mint.h"
#include "tests/catch.h"
#include "tests/core/audit/office.h"

using namespace pwreset;

namespace {

const Secret key(std::string(32, 'k'));

db::AuditRow full_row() {
    db::AuditRow row;
    row.app = "shop";
    row.at = parse_db_time("2026-03-01 12:00:00.000001");
    row.operator_name = "tom";
    row.login_uid = "1007";
    row.host = "support-1";
    row.action = "send";
    row.result = "accepted";
    row.channel = "email";
    row.delivery_id = 12;
    row.trace_id = "00000000-0000-4000-8000-000000000001";
    row.account = "42";
    row.recipient = "digest";
    row.ticket = "SUP-1";
    row.reason = "locked out";
    row.detail = "250 Ok";
    row.salt = std::string("\0salt", 5);
    row.personal = personal_digest(row);
    row.key_id = "k1";
    return row;
}

/// The row after one change.
template <typename Change>
db::AuditRow changed(Change change) {
    db::AuditRow row = full_row();
    change(row);
    return row;
}

AuditEntry entry(const std::string& action, const std::string& result) {
    AuditEntry made;
    made.action = action;
    made.result = result;
    return made;
}

}  // namespace

TEST_CASE("a row's MAC changes with each field that is not personal, with the key, and with the personal digest") {
    const std::vector<db::AuditRow> rows{
        full_row(),
        changed([](auto& row) { row.app = "crm"; }),
        changed([](auto& row) { row.at += std::chrono::microseconds(1); }),
        changed([](auto& row) { row.operator_name = "eva"; }),
        changed([](auto& row) { row.login_uid = "1008"; }),
        changed([](auto& row) { row.login_uid = ""; }),
        changed([](auto& row) { row.login_uid.reset(); }),
        changed([](auto& row) { row.host = "support-2"; }),
        changed([](auto& row) { row.action = "revoke"; }),
        changed([](auto& row) { row.result = "failed"; }),
        changed([](auto& row) { row.channel = "sms"; }),
        changed([](auto& row) { row.channel.reset(); }),
        changed([](auto& row) { row.delivery_id = 13; }),
        changed([](auto& row) { row.delivery_id.reset(); }),
        changed([](auto& row) { row.trace_id.back() = '2'; }),
        changed([](auto& row) { row.profile = std::string(32, 'p'); }),
        changed([](auto& row) { row.profile = std::string(32, 'q'); }),
        changed([](auto& row) { row.profile = ""; }),
        changed([](auto& row) { row.personal.back() = '?'; }),
        changed([](auto& row) { row.key_id = "k2"; }),
    };
    std::set<std::string> macs{row_mac(full_row(), Secret(std::string(32, 'K')))};
    for (const auto& row : rows) macs.insert(row_mac(row, key));
    CHECK(macs.size() == rows.size() + 1);
    CHECK(row_mac(full_row(), key).size() == 32);
}

TEST_CASE("a text that moves from one field into the next changes the MAC") {
    const auto one = changed([](auto& row) {
        row.action = "send";
        row.result = "4:done;";
    });
    const auto other = changed([](auto& row) {
        row.action = "send4:";
        row.result = "done;";
    });
    CHECK(row_mac(one, key) != row_mac(other, key));
}

TEST_CASE("erasing a person leaves the row's MAC as it was") {
    const auto erased = changed([](auto& row) {
        row.account.reset();
        row.recipient.reset();
        row.ticket.reset();
        row.reason.reset();
        row.detail.reset();
        row.salt.reset();
    });
    CHECK(row_mac(erased, key) == row_mac(full_row(), key));
    CHECK(personal_digest(erased) != erased.personal);
}

TEST_CASE("numbering a row does not change its MAC") {
    CHECK(row_mac(changed([](auto& row) {
                      row.id = 7;
                      row.seq = 8;
                  }),
                  key) == row_mac(full_row(), key));
}

TEST_CASE("the personal digest changes with each personal field, and tells nothing from empty") {
    const std::vector<db::AuditRow> rows{
        full_row(),
        changed([](auto& row) { row.account = "43"; }),
        changed([](auto& row) { row.account = ""; }),
        changed([](auto& row) { row.account.reset(); }),
        changed([](auto& row) { row.recipient = ""; }),
        changed([](auto& row) { row.recipient.reset(); }),
        changed([](auto& row) { row.ticket = ""; }),
        changed([](auto& row) { row.ticket.reset(); }),
        changed([](auto& row) { row.reason = ""; }),
        changed([](auto& row) { row.reason.reset(); }),
        changed([](auto& row) { row.detail = ""; }),
        changed([](auto& row) { row.detail.reset(); }),
        changed([](auto& row) { row.salt = ""; }),
        changed([](auto& row) { row.salt.reset(); }),
    };
    std::set<std::string> digests;
    for (const auto& row : rows) digests.insert(personal_digest(row));
    CHECK(digests.size() == rows.size());
}

TEST_CASE("the personal digest knows where a field ends") {
    const auto digest = [](const std::optional<std::string>& ticket, const std::optional<std::string>& reason) {
        return personal_digest(changed([&](auto& row) {
            row.ticket = ticket;
            row.reason = reason;
        }));
    };
    CHECK(digest("ab", "c") != digest("a", "bc"));
    CHECK(digest("abc", {}) != digest({}, "abc"));
    CHECK(digest("a;1:b", "") != digest("a", "b"));
    CHECK(digest("-;", {}) != digest({}, "-;"));
}

TEST_CASE("what is recorded verifies when it is read back") {
    Office office;
    AuditEntry sent = entry("send", "accepted");
    sent.channel = "email";
    sent.delivery_id = 7;
    sent.account = "42";
    sent.recipient = "ana@example.com";
    sent.ticket = "SUP-1";
    sent.reason = "said: \"I'm locked out\"";
    sent.detail = "250 2.0.0 Ok";
    record(office.context, {sent, entry("purge", "done")});
    const auto rows = office.rows();
    REQUIRE(rows.size() == 2);
    for (const auto& row : rows) {
        CHECK(row.personal == personal_digest(row));
        CHECK(row.mac == row_mac(row, office.keys.own.current().bytes));
        CHECK(row.key_id == "ko");
        CHECK(row.operator_name == "tom");
        CHECK(row.login_uid == "1007");
        CHECK(row.host == host_name());
        CHECK(row.trace_id == office.context.trace_id);
        CHECK(row.salt->size() == 16);
    }
    CHECK(rows[0].salt != rows[1].salt);
    CHECK(rows[1].recipient == keyed_digest(office.keys.own, "recipient", "ana@example.com"));
    CHECK(rows[1].delivery_id == 7);
    CHECK(rows[1].reason == sent.reason);
    CHECK_FALSE(rows[0].account);
}

TEST_CASE("nothing to record writes nothing") {
    Office office;
    record(office.context, {});
    CHECK(office.rows().empty());
}

TEST_CASE("an entry shares the fate of the transaction, an entry alone has its own") {
    Office office;
    {
        db::Transaction dropped(office.session);
        record(office.context, {entry("request", "done")});
    }
    CHECK(office.rows().empty());
    record_alone(office.context, entry("request", "RATE_LIMITED"));
    REQUIRE(office.rows().size() == 1);
    CHECK(office.rows().front().result == "RATE_LIMITED");
}

TEST_CASE("a long text is cut to its column, never inside a character") {
    Office office;
    AuditEntry made = entry("send", "failed");
    made.reason = std::string(254, 'x') + "é";
    made.detail = std::string(255, 'y') + "z";
    record(office.context, {made});
    const auto row = office.rows().front();
    CHECK(row.reason == std::string(254, 'x'));
    CHECK(row.detail == std::string(255, 'y'));
    CHECK(row.mac == row_mac(row, office.keys.own.current().bytes));
}

TEST_CASE("a look-up that fails is recorded, without what was typed") {
    Office office;
    CHECK_THROWS_AS(find_account_key_for(office.context, "request", "eve@example.com", "SUP-9"), Error);
    REQUIRE(office.rows().size() == 1);
    const auto row = office.rows().front();
    CHECK(row.action == "request");
    CHECK(row.result == "USER_NOT_FOUND");
    CHECK(row.ticket == "SUP-9");
    CHECK_FALSE(row.recipient);
    CHECK_FALSE(row.detail);
    office.session.run("INSERT INTO users VALUES (42, 'ana@example.com')");
    CHECK(find_account_key_for(office.context, "request", "ana@example.com", {}) == "42");
    CHECK(office.rows().size() == 1);
}
