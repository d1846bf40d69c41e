#include "src/audit/chain.h"

#include <limits>
#include <set>

#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

const Time noon = parse_db_time("2026-03-01 12:00:00.000001");

/// "new" and "old", in the order of a key file.
Keyring two_keys() {
    std::vector<Key> keys;
    keys.push_back({"new", Secret(std::string(32, 'n'))});
    keys.push_back({"old", Secret(std::string(32, 'o'))});
    return Keyring(std::move(keys));
}

db::AuditRow genuine(const Keyring& keys, const std::string& key_id = "old") {
    db::AuditRow row;
    row.app = "shop";
    row.at = noon;
    row.operator_name = "tom";
    row.host = "support-1";
    row.action = "request";
    row.result = "done";
    row.trace_id = "00000000-0000-4000-8000-000000000001";
    row.account = "42";
    row.salt = std::string(16, 's');
    row.key_id = key_id;
    row.personal = personal_digest(row);
    row.mac = row_mac(row, keys.find(key_id)->bytes);
    return row;
}

void place(db::AuditRow& row, const Link& before, const Keyring& keys, const std::string& key_id = "old") {
    row.seq = before.seq + 1;
    row.id = *row.seq * 10;
    row.chain_key_id = key_id;
    row.chain_mac = chain_mac(row, before.mac, keys.find(key_id)->bytes);
}

std::vector<db::AuditRow> chain_of(const Keyring& keys, int count) {
    std::vector<db::AuditRow> rows;
    Link end;
    for (int i = 0; i < count; ++i) {
        rows.push_back(genuine(keys));
        place(rows.back(), end, keys);
        end = {*rows.back().seq, *rows.back().chain_mac};
    }
    return rows;
}

struct Found {
    Fault fault;
    std::int64_t first, last;
    bool operator==(const Found& other) const {
        return fault == other.fault && first == other.first && last == other.last;
    }
};

std::vector<Found> faults(const Keyring& keys, const std::vector<db::AuditRow>& rows) {
    std::vector<Found> found;
    ChainWalk walk(keys, [&](Fault fault, std::int64_t first, std::int64_t last) {
        found.push_back({fault, first, last});
    });
    for (const auto& row : rows) walk.step(row);
    return found;
}

}  // namespace

TEST_CASE("a chain MAC changes with application, number, id, the row before, the row, and the key") {
    const auto keys = two_keys();
    const auto& key = keys.current().bytes;
    auto row = genuine(keys);
    place(row, {}, keys);
    const std::string before(32, 'b');
    std::set<std::string> macs{chain_mac(row, before, key), chain_mac(row, std::string(32, 'c'), key),
                               chain_mac(row, before, keys.find("old")->bytes)};
    for (const auto change : {0, 1, 2, 3, 4}) {
        auto other = row;
        if (change == 0) other.app = "crm";
        if (change == 1) ++*other.seq;
        if (change == 2) ++other.id;
        if (change == 3) other.mac.back() ^= 1;
        if (change == 4) other.chain_key_id = "new";
        macs.insert(chain_mac(other, before, key));
    }
    CHECK(macs.size() == 8);
}

TEST_CASE("an entry which states that a backup was restored may leave numbers out, and no other") {
    const auto keys = two_keys();
    const auto state = [&](const char* action) {
        auto row = genuine(keys);
        row.action = action;
        row.mac = row_mac(row, keys.find("old")->bytes);
        return row;
    };
    for (const char* action : {restored_action, "request"}) {
        auto rows = chain_of(keys, 2);
        auto row = state(action);
        const bool leaps = row.action == restored_action;
        row.seq = 100;
        row.id = 1000;
        row.chain_key_id = "old";
        row.chain_mac = chain_mac(row, *rows.back().chain_mac, keys.find("old")->bytes);
        rows.push_back(row);
        CHECK(faults(keys, rows) == (leaps ? std::vector<Found>{} : std::vector<Found>{{Fault::missing, 3, 99}}));
        rows.erase(rows.begin() + 1);
        CHECK(faults(keys, rows) == std::vector<Found>{{Fault::missing, 2, 99}});
    }
}

TEST_CASE("a checkpoint is genuine under the key that made it, and not after any change") {
    const auto keys = two_keys();
    db::Checkpoint checkpoint{"shop", 7, std::string(32, 'c'), noon, 1, 2, noon, "old", {}};
    checkpoint.mac = checkpoint_mac(checkpoint, keys.find("old")->bytes);
    CHECK(is_genuine(checkpoint, *keys.find("old")));
    CHECK_FALSE(is_genuine(checkpoint, keys.current()));
    for (const auto change : {0, 1, 2, 3, 4, 5, 6, 7}) {
        auto other = checkpoint;
        if (change == 0) other.app = "crm";
        if (change == 1) ++other.seq;
        if (change == 2) other.chain_mac.back() ^= 1;
        if (change == 3) other.latest += Seconds(1);
        if (change == 4) ++other.erased;
        if (change == 5) ++other.erasures;
        if (change == 6) other.purged_at += Seconds(1);
        if (change == 7) other.key_id = "new";
        CHECK_FALSE(is_genuine(other, *keys.find("old")));
        CHECK_FALSE(is_genuine(other, keys.current()));
    }
}

TEST_CASE("a row is genuine, erased, changed, or of a key that is not ours") {
    const auto keys = two_keys();
    const auto row = genuine(keys);
    CHECK(examine(row, keys) == Authenticity::genuine);
    auto other = row;
    other.operator_name = "eve";
    CHECK(examine(other, keys) == Authenticity::changed);
    other = row;
    other.account = "43";
    CHECK(examine(other, keys) == Authenticity::changed_personal);
    other.account.reset();
    CHECK(examine(other, keys) == Authenticity::changed_personal);
    other.salt.reset();
    CHECK(examine(other, keys) == Authenticity::erased);
    other.key_id = "gone";
    CHECK(examine(other, keys) == Authenticity::unknown_key);
}

TEST_CASE("only entries of 'subject erase' tell how many rows were erased") {
    db::AuditRow row;
    const auto told = [&](const std::string& action, const std::optional<std::string>& detail) {
        row.action = action;
        row.detail = detail;
        return erasures_told(row);
    };
    CHECK(told("subject-erase", "tokens=3 audit_rows=12 jobs=1") == 12);
    CHECK(told("subject-erase", "audit_rows=12") == 12);
    CHECK(told("subject-erase", "audit_rows=") == 0);
    CHECK(told("subject-erase", "audit_rows=-5") == 0);
    CHECK(told("subject-erase", {}) == 0);
    CHECK(told("request", "audit_rows=12") == 0);
}

TEST_CASE("a chain as it was sealed has no faults, also when the key changed on the way") {
    const auto keys = two_keys();
    auto rows = chain_of(keys, 3);
    rows.push_back(genuine(keys, "old"));
    place(rows.back(), {3, *rows[2].chain_mac}, keys, "new");
    CHECK(faults(keys, rows).empty());
    rows.push_back(genuine(keys, "new"));
    place(rows.back(), {4, *rows[3].chain_mac}, keys, "old");
    CHECK(faults(keys, rows) == std::vector<Found>{{Fault::older_key, 5, 5}});
}

namespace {

constexpr Seconds day{86400};

/// A genuine row made with that key at that time.
db::AuditRow made(const Keyring& keys, const std::string& key_id, Time at, const std::string& action = "request") {
    auto row = genuine(keys, key_id);
    row.at = at;
    row.action = action;
    row.mac = row_mac(row, keys.find(key_id)->bytes);
    return row;
}

/// The rows in one chain, sealed with the newer key.
std::vector<db::AuditRow> sealed(const Keyring& keys, std::vector<db::AuditRow> rows) {
    Link end;
    for (auto& row : rows) {
        place(row, end, keys, "new");
        end = {*row.seq, *row.chain_mac};
    }
    return rows;
}

}  // namespace

TEST_CASE("a replaced key makes rows for a day more, and none after that") {
    const auto keys = two_keys();
    CHECK(faults(keys, sealed(keys, {made(keys, "old", noon), made(keys, "new", noon + Seconds(9)),
                                     made(keys, "old", noon + day), made(keys, "new", noon + day)}))
              .empty());
    CHECK(faults(keys, sealed(keys, {made(keys, "new", noon), made(keys, "old", noon + day + Seconds(1))})) ==
          std::vector<Found>{{Fault::outdated_key, 2, 2}});
}

TEST_CASE("an unsealed row of a replaced key is sealed for a day more, by the time that is recorded") {
    const auto keys = two_keys();
    const SealingRules rules{keys, {}, noon};
    CHECK(is_sealable(made(keys, "old", noon + day), rules));
    CHECK_FALSE(is_sealable(made(keys, "old", noon + day + Seconds(1)), rules));
    CHECK(is_sealable(made(keys, "new", noon + 9 * day), rules));
}

TEST_CASE("an entry about late rows stands before them, and makes none of them backdated") {
    const auto keys = two_keys();
    const auto rows = sealed(keys, {made(keys, "new", noon), made(keys, "new", noon + day, seal_late_action),
                                    made(keys, "new", noon), made(keys, "new", noon + day)});
    CHECK(faults(keys, rows).empty());
}

TEST_CASE("an entry about the clock excuses the row behind it, and no other that is far behind") {
    const auto keys = two_keys();
    const auto back = made(keys, "new", noon, clock_back_action);
    CHECK(faults(keys, sealed(keys, {made(keys, "new", noon + day), back, made(keys, "new", noon),
                                     made(keys, "new", noon + Seconds(9))}))
              .empty());
    CHECK(faults(keys, sealed(keys, {made(keys, "new", noon + day), back, made(keys, "new", noon),
                                     made(keys, "new", noon - day)})) == std::vector<Found>{{Fault::backdated, 4, 4}});
    // One about late rows may stand in between.
    CHECK(faults(keys, sealed(keys, {made(keys, "new", noon + day), back, made(keys, "new", noon, seal_late_action),
                                     made(keys, "new", noon)}))
              .empty());
}

TEST_CASE("the latest time is not set back with a clock that was wrong") {
    const auto keys = two_keys();
    ChainWalk walk(keys, [](Fault, std::int64_t, std::int64_t) {});
    for (const auto& row : sealed(keys, {made(keys, "new", noon + day), made(keys, "new", noon)})) walk.step(row);
    CHECK(walk.latest() == noon + day);
}

TEST_CASE("after a fault the chain is followed on what is stored, and each fault named once") {
    const auto keys = two_keys();
    auto rows = chain_of(keys, 6);
    SECTION("changed") {
        rows[2].operator_name = "eve";
        CHECK(faults(keys, rows) == std::vector<Found>{{Fault::changed, 3, 3}});
    }
    SECTION("another chain MAC") {
        rows[2].chain_mac = std::string(32, 'x');
        CHECK(faults(keys, rows) == std::vector<Found>{{Fault::out_of_place, 3, 3}});
    }
    SECTION("no chain MAC, no key") {
        rows[2].chain_mac.reset();
        rows[2].chain_key_id.reset();
        CHECK(faults(keys, rows) == std::vector<Found>{{Fault::unknown_key, 3, 3}, {Fault::out_of_place, 4, 4}});
    }
    SECTION("missing") {
        rows.erase(rows.begin() + 2, rows.begin() + 4);
        CHECK(faults(keys, rows) == std::vector<Found>{{Fault::missing, 3, 4}});
    }
    SECTION("missing from the start") {
        rows.erase(rows.begin());
        CHECK(faults(keys, rows) == std::vector<Found>{{Fault::missing, 1, 1}});
    }
    SECTION("a clock that was wrong for a while") {
        auto late = genuine(keys);
        late.at = noon + Seconds(86400);
        late.mac = row_mac(late, keys.find("old")->bytes);
        place(late, {6, *rows[5].chain_mac}, keys);
        rows.push_back(late);
        for (int i = 0; i < 3; ++i) {
            auto next = genuine(keys);
            place(next, {*rows.back().seq, *rows.back().chain_mac}, keys);
            rows.push_back(next);
        }
        CHECK(faults(keys, rows) == std::vector<Found>{{Fault::backdated, 8, 8}});
    }
}

TEST_CASE("the place behind a gap is not proven, the next one is") {
    const auto keys = two_keys();
    const auto rows = chain_of(keys, 5);
    ChainWalk walk(keys, [](Fault, std::int64_t, std::int64_t) {});
    CHECK(walk.step(rows[0]));
    CHECK_FALSE(walk.step(rows[2]));
    CHECK(walk.step(rows[3]));
}

TEST_CASE("a walk goes on behind a checkpoint, with what it counted") {
    const auto keys = two_keys();
    const auto rows = chain_of(keys, 5);
    std::vector<Found> found;
    ChainWalk walk(keys, [&](Fault fault, std::int64_t first, std::int64_t last) {
        found.push_back({fault, first, last});
    });
    walk.start({"shop", 3, *rows[2].chain_mac, noon, 2, 5, noon, "new", {}});
    CHECK(walk.step(rows[3]));
    CHECK(walk.step(rows[4]));
    CHECK(found.empty());
    CHECK(walk.rows() == 2);
    CHECK(walk.erased() == 2);
    CHECK(walk.erasures() == 5);
    CHECK(walk.end().seq == 5);
    CHECK(walk.end().mac == *rows[4].chain_mac);
    CHECK(walk.keys_seen() == std::set<std::string>{"new", "old"});
}

TEST_CASE("a row that is forged, copied, or as old as what was purged is not sealed") {
    const auto keys = two_keys();
    auto row = genuine(keys);
    const SealingRules rules{keys};
    CHECK(is_sealable(row, rules));
    CHECK(is_sealable(row, {keys, noon - Seconds(1)}));
    CHECK_FALSE(is_sealable(row, {keys, noon}));
    row.copy = true;
    CHECK_FALSE(is_sealable(row, rules));
    row.copy = false;
    row.id = std::numeric_limits<std::int64_t>::max();
    CHECK_FALSE(is_sealable(row, rules));
    row.id = 1;
    row.result = "other";
    CHECK_FALSE(is_sealable(row, rules));
}
