#include "db/own/audit.h"

#include "db/own/checkpoints.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

const std::string digest("\0\xff' thirty-two bytes, some awkward", 32);
const Time noon = parse_db_time("2026-03-01 12:00:00.000001");

AuditRow bare(const std::string& action, Time at = noon) {
    AuditRow row;
    row.app = "shop";
    row.at = at;
    row.operator_name = "tom";
    row.host = "support-1";
    row.action = action;
    row.result = "done";
    row.trace_id = "00000000-0000-4000-8000-000000000001";
    row.personal = digest;
    row.key_id = "k1";
    row.mac = digest;
    return row;
}

AuditRow full() {
    AuditRow row = bare("send");
    row.login_uid = "1007";
    row.channel = "email";
    row.delivery_id = 9007199254740993;
    row.account = "42";
    row.recipient = digest;
    row.ticket = "SUP-1";
    row.reason = "said: \"I'm locked out\" :-) سلام";
    row.detail = "250 2.0.0 Ok: queued as 4F\\2";
    row.salt = std::string("\0salt of sixteen", 16);
    row.profile = std::string("\0\xff digest of what was at work...", 32);
    return row;
}

std::vector<std::string> actions(Session& session, const AuditFilter& filter, std::int64_t before = 0, int most = 100) {
    std::vector<std::string> out;
    for (const auto& row : list_audit(session, "shop", filter, before, most)) out.push_back(row.action);
    return out;
}

using Actions = std::vector<std::string>;

}  // namespace

TEST_CASE("an audit row comes back as it was written") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    const AuditRow written = full();
    insert_audit(database.session, {written});
    const auto rows = list_audit(database.session, "shop", {}, 0, 10);
    REQUIRE(rows.size() == 1);
    const AuditRow& read = rows.front();
    CHECK(read.id == 1);
    CHECK(read.app == written.app);
    CHECK(read.at == written.at);
    CHECK(read.operator_name == written.operator_name);
    CHECK(read.login_uid == written.login_uid);
    CHECK(read.host == written.host);
    CHECK(read.action == written.action);
    CHECK(read.result == written.result);
    CHECK(read.channel == written.channel);
    CHECK(read.delivery_id == written.delivery_id);
    CHECK(read.trace_id == written.trace_id);
    CHECK(read.account == written.account);
    CHECK(read.recipient == written.recipient);
    CHECK(read.ticket == written.ticket);
    CHECK(read.reason == written.reason);
    CHECK(read.detail == written.detail);
    CHECK(read.salt == written.salt);
    CHECK(read.personal == written.personal);
    CHECK(read.profile == written.profile);
    CHECK(read.key_id == written.key_id);
    CHECK(read.mac == written.mac);
    CHECK_FALSE(read.seq);
}

TEST_CASE("what an audit row does not say comes back as nothing, not as an empty text") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    AuditRow empty = bare("empty");
    empty.ticket = "";
    empty.reason = "";
    insert_audit(database.session, {bare("nothing"), empty});
    const auto rows = list_audit(database.session, "shop", {}, 0, 10);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].ticket == "");
    CHECK(rows[0].reason == "");
    for (const auto& field : {rows[1].login_uid, rows[1].channel, rows[1].account, rows[1].recipient, rows[1].ticket,
                              rows[1].reason, rows[1].detail, rows[1].salt, rows[1].profile}) {
        CHECK_FALSE(field);
    }
    CHECK_FALSE(rows[1].delivery_id);
}

TEST_CASE("the trail is listed newest first, page by page, one application's") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    AuditRow other = bare("other");
    other.app = "crm";
    insert_audit(database.session, {bare("one"), bare("two"), other, bare("three")});
    CHECK(actions(database.session, {}) == Actions{"three", "two", "one"});
    CHECK(actions(database.session, {}, 0, 2) == Actions{"three", "two"});
    CHECK(actions(database.session, {}, 2, 2) == Actions{"one"});
    CHECK(actions(database.session, {}, 1, 2).empty());
}

TEST_CASE("each filter narrows the trail, and several narrow it more") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    AuditRow by_eva = bare("purge", noon + Seconds(60));
    by_eva.operator_name = "eva";
    insert_audit(database.session, {bare("request", noon - Seconds(60)), full(), by_eva});
    AuditFilter filter;
    SECTION("account") {
        filter.account = "42";
        CHECK(actions(database.session, filter) == Actions{"send"});
    }
    SECTION("operator") {
        filter.operator_name = "tom";
        CHECK(actions(database.session, filter) == Actions{"send", "request"});
        for (const char* other : {"Tom", "tóm", "tom ", "t_m", "t%", "tom\\"}) {
            filter.operator_name = other;
            CHECK(actions(database.session, filter).empty());
        }
    }
    SECTION("operators as directories name them") {
        for (const std::string name : {"CORP\\anna", "Müller", "Muller", "o'brien", "anna.k@corp.example"}) {
            AuditRow row = bare("by");
            row.operator_name = name;
            insert_audit(database.session, {row});
            filter.operator_name = name;
            CHECK(actions(database.session, filter) == Actions{"by"});
        }
    }
    SECTION("action") {
        filter.action = "purge";
        CHECK(actions(database.session, filter) == Actions{"purge"});
    }
    SECTION("ticket") {
        filter.ticket = "SUP-1";
        CHECK(actions(database.session, filter) == Actions{"send"});
        filter.ticket = "' OR 1 = 1 -- ";
        CHECK(actions(database.session, filter).empty());
    }
    SECTION("delivery") {
        filter.delivery_id = 9007199254740993;
        CHECK(actions(database.session, filter) == Actions{"send"});
        filter.delivery_id = 9007199254740992;
        CHECK(actions(database.session, filter).empty());
    }
    SECTION("since, itself included") {
        filter.since = noon;
        CHECK(actions(database.session, filter) == Actions{"purge", "send"});
    }
    SECTION("until, itself excluded") {
        filter.until = noon;
        CHECK(actions(database.session, filter) == Actions{"request"});
    }
    SECTION("several") {
        filter.operator_name = "tom";
        filter.since = noon - Seconds(60);
        filter.until = noon;
        CHECK(actions(database.session, filter) == Actions{"request"});
    }
}

TEST_CASE("an audit row goes with the transaction that is rolled back") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    {
        Transaction dropped(database.session);
        insert_audit(database.session, {full()});
    }
    CHECK(actions(database.session, {}).empty());
}

namespace {

/// Rows with distinct MACs, in the chain or not.
std::vector<AuditRow> crowd(std::int64_t count) {
    std::vector<AuditRow> rows;
    for (std::int64_t i = 0; i < count; ++i) {
        AuditRow row = bare("n" + std::to_string(i));
        row.mac = std::string(31, 'm') + static_cast<char>(i);
        rows.push_back(row);
    }
    return rows;
}

/// Seals what is unsealed, with numbers from `first` on.
void number_them(Session& session, std::int64_t first) {
    auto rows = unsealed_audit(session, "shop", 0, 1000);
    for (auto& row : rows) {
        row.seq = first++;
        row.chain_mac = std::string(32, static_cast<char>(*row.seq));
        row.chain_key_id = "k1";
    }
    REQUIRE(seal_audit(session, rows));
}

}  // namespace

TEST_CASE("rows have no place in the chain until they are sealed, and one application's are counted apart") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    auto rows = crowd(5);
    rows[2].app = "crm";
    insert_audit(session, rows);
    CHECK(count_unsealed(session, "shop") == 4);
    CHECK(chain_end(session, "shop").seq == 0);
    CHECK(unsealed_audit(session, "shop", 2, 1).front().id == 4);
    number_them(session, 7);
    CHECK(count_unsealed(session, "shop") == 0);
    CHECK(count_unsealed(session, "crm") == 1);
    const auto end = chain_end(session, "shop");
    CHECK(end.seq == 10);
    CHECK(end.chain_mac == std::string(32, '\n'));
    CHECK(end.key_id == "k1");
    CHECK_FALSE(end.latest_purged);
    const auto page = sealed_audit(session, "shop", 7, 2);
    REQUIRE(page.size() == 2);
    CHECK(page[0].seq == 8);
    CHECK(page[1].seq == 9);
    CHECK(sealed_up_to(session, "shop", 8) == 2);
}

TEST_CASE("a row is sealed once, and a number is given once") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    insert_audit(session, crowd(6));
    auto rows = unsealed_audit(session, "shop", 0, 1000);
    number_them(session, 1);
    for (auto& row : rows) row.seq = row.id + 100;
    CHECK_FALSE(seal_audit(session, rows));
    insert_audit(session, crowd(6));
    rows = unsealed_audit(session, "shop", 0, 1000);
    for (auto& row : rows) row.seq = row.id - 5;
    CHECK_THROWS_AS(seal_audit(session, rows), Duplicate);
}

TEST_CASE("a copy is the row that comes later, in the chain or before it is sealed") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    const auto copies = [](const std::vector<AuditRow>& rows) {
        std::vector<std::int64_t> ids;
        for (const auto& row : rows) {
            if (row.copy) ids.push_back(row.id);
        }
        return ids;
    };
    auto rows = crowd(3);
    rows[2].mac = rows[0].mac;
    insert_audit(session, rows);
    CHECK(copies(unsealed_audit(session, "shop", 0, 10)) == std::vector<std::int64_t>{3});
    number_them(session, 1);
    CHECK(copies(sealed_audit(session, "shop", 0, 10)) == std::vector<std::int64_t>{3});
    insert_audit(session, {rows[1]});
    CHECK(copies(unsealed_audit(session, "shop", 0, 10)) == std::vector<std::int64_t>{4});
    rows[1].app = "crm";
    insert_audit(session, {rows[1]});
    CHECK(copies(unsealed_audit(session, "crm", 0, 10)).empty());
}

TEST_CASE("the front of the chain is deleted, what is unsealed stays") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    insert_audit(session, crowd(5));
    number_them(session, 1);
    insert_audit(session, crowd(1));
    CHECK(count_sealed_before(session, "shop", noon + Seconds(1)) == 5);
    CHECK(count_sealed_before(session, "shop", noon) == 0);
    CHECK(delete_sealed(session, "shop", 1, 3) == 2);
    CHECK(actions(session, {}) == Actions{"n0", "n4", "n3", "n0"});
}

TEST_CASE("the chain ends at the checkpoint where all rows were purged") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    const std::string mac(32, 'c');
    REQUIRE(move_checkpoint(session, {"shop", 5, mac, noon, 0, 0, noon, "k0", mac}, 0));
    auto end = chain_end(session, "shop");
    CHECK(end.seq == 5);
    CHECK(end.chain_mac == mac);
    CHECK_FALSE(end.key_id);
    CHECK(end.latest_purged == noon);
    insert_audit(session, crowd(1));
    number_them(session, 5);
    CHECK_FALSE(chain_end(session, "shop").key_id);
    insert_audit(session, crowd(1));
    number_them(session, 6);
    end = chain_end(session, "shop");
    CHECK(end.seq == 6);
    CHECK(end.key_id == "k1");
    CHECK(end.latest_purged == noon);
}

TEST_CASE("results are counted since a time, also those that did not happen") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    AuditRow early = bare("request", noon - Seconds(1));
    early.result = "FORBIDDEN";
    AuditRow late = early;
    late.at = noon;
    AuditRow other = late;
    other.app = "crm";
    insert_audit(database.session, {early, late, other, bare("request")});
    const auto counts = count_results(database.session, "shop", noon, {"FORBIDDEN", "RATE_LIMITED"});
    CHECK(counts == std::map<std::string, std::int64_t>{{"FORBIDDEN", 1}, {"RATE_LIMITED", 0}});
}
