#include "src/audit/seal.h"

#include <algorithm>
#include <limits>

#include "db/own/clocks.h"
#include "db/own/keys.h"
#include "db/own/leases.h"
#include "src/audit/restored.h"
#include "src/audit/trail.h"

namespace pwreset {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int rows_a_batch = 1000;
/// A command must not be kept by the rows of others.
constexpr std::chrono::milliseconds command_patience{100};
/// Where a commit alone takes longer than that, those who rely on us must still be looked after.
constexpr int least_batches = 3;
constexpr std::chrono::milliseconds passing{1000};

/// Far beyond what rows there will ever be, and from the end of numbers.
constexpr std::int64_t most_leapt = std::numeric_limits<std::int64_t>::max() / 2;

/// What is recorded of the own key; nothing on tables from before keys were recorded.
std::optional<db::CurrentKey> recorded_key(Context& context) {
    for (const auto& key : db::current_keys(context.session, context.config.application)) {
        if (key.purpose == "own") return key;
    }
    return {};
}

struct Batch {
    bool stopped = false;  ///< busy, or not for us: nothing was done
    bool full = false;     ///< there may be more
    std::int64_t refused = 0;
    std::int64_t last_id = 0;
};

Link link_at(const db::ChainEnd& end) {
    if (end.seq == 0) return {};
    return {end.seq, end.chain_mac};
}

/// An entry of the sealer's own, inserted.
db::AuditRow told(Context& context, const AuditEntry& entry) {
    auto row = record(context, {entry}).front();
    row.id = db::audit_id(context.session, row.app, row.mac);
    return row;
}

/// Puts an entry before each row whose date goes back further than waiting explains, where what came before is dated
/// ahead of the clock as it is now. Where it is not, a row like that was held back, and no entry excuses it.
void tell_of_clock(Context& context, std::vector<db::AuditRow>& rows, std::optional<Time> before, Time now) {
    Time expected = before.value_or(Time());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Time at = rows[i].at;
        if (at < expected - longest_delay && expected > now + db::clock_tolerance) {
            AuditEntry entry;
            entry.action = clock_back_action;
            entry.result = "CLOCK_BACK";
            entry.detail = "from=" + rfc3339(expected) + " to=" + rfc3339(at);
            rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(i++), told(context, entry));
        }
        expected = at < expected - longest_delay ? at : std::max(expected, at);
    }
}

/// The entry that tells of late rows, inserted; nothing when there are none.
std::optional<db::AuditRow> announcement(Context& context, const std::vector<db::AuditRow>& rows, Time now) {
    if (rows.empty()) return {};
    // Who takes their numbers away to have them sealed anew cannot make them younger.
    const Time limit = now - longest_delay;
    std::int64_t count = 0;
    Time oldest = limit;
    for (const auto& row : rows) {
        if (row.at >= limit) continue;
        ++count;
        oldest = std::min(oldest, row.at);
    }
    if (count == 0) return {};
    AuditEntry entry;
    entry.action = seal_late_action;
    entry.result = "SEALED_LATE";
    entry.detail = "rows=" + std::to_string(count) + " since=" + rfc3339(oldest);
    return told(context, entry);
}

SealingRules rules_of(const Keyring& keys, const db::ChainEnd& end, const std::optional<db::CurrentKey>& recorded) {
    return {keys, end.latest_purged, recorded ? std::optional(recorded->since) : std::nullopt};
}

/// The number of a row behind `before`. Who states that a backup was restored leaves out those that may be in heads.
std::int64_t number_of(const db::AuditRow& row, std::int64_t before) {
    const auto used = row.action == restored_action ? told_numbers(row.detail.value_or("")) : std::nullopt;
    return std::max(before, used ? std::min(used->seq, most_leapt) : 0) + 1;
}

/// Gives the rows their numbers and chain MACs, behind `link`.
void place(const Key& key, std::vector<db::AuditRow>& rows, Link link) {
    for (auto& row : rows) {
        row.seq = number_of(row, link.seq);
        row.chain_key_id = key.id;
        row.chain_mac = chain_mac(row, link.mac, key.bytes);
        link = {*row.seq, *row.chain_mac};
    }
}

/// Whether the chain may go on under our key. A command that was begun before a rotation must not seal after it, nor
/// one on a host that has not got the newer key yet, nor anyone after the old key was recorded again by hand.
bool may_follow(const db::ChainEnd& end, const Keyring& keys) {
    return !end.key_id || position(keys, *end.key_id) >= position(keys, keys.current().id);
}

Batch seal_batch(Context& context, std::int64_t after) {
    const auto& app = context.config.application;
    const auto& keys = context.keys.own;
    auto& session = context.session;
    Batch batch;
    batch.stopped = true;
    db::Transaction transaction(session);
    if (!db::lock_lease(session, app, "seal")) return batch;
    const auto recorded = recorded_key(context);
    if (recorded && recorded->key_id != keys.current().id) return batch;
    auto rows = db::unsealed_audit(session, app, after, rows_a_batch);
    const auto end = db::chain_end(session, app);
    if (end.key_id && !keys.find(*end.key_id)) return batch;
    if (!may_follow(end, keys) || end.seq > std::numeric_limits<std::int64_t>::max() - 2L * rows_a_batch) return batch;
    batch.full = rows.size() == rows_a_batch;
    batch.last_id = rows.empty() ? after : rows.back().id;
    const auto rules = rules_of(keys, end, recorded);
    batch.refused =
        static_cast<std::int64_t>(std::erase_if(rows, [&](const auto& row) { return !is_sealable(row, rules); }));
    const Time now = rows.empty() ? Time() : session.now();
    // Before them: behind them it would be the newest row, which can be cut off.
    auto entry = announcement(context, rows, now);
    tell_of_clock(context, rows, end.latest, now);
    if (entry) rows.insert(rows.begin(), std::move(*entry));
    place(keys.current(), rows, link_at(end));
    if (!db::seal_audit(session, rows)) return batch;
    transaction.commit();
    batch.stopped = false;
    return batch;
}

/// On Galera two nodes may be at it, and one of them learns it from a conflict: the other one's work stands.
Batch try_batch(Context& context, std::int64_t after) {
    try {
        return seal_batch(context, after);
    } catch (const db::Conflict&) {
    } catch (const db::Duplicate&) {
    }
    Batch batch;
    batch.stopped = true;
    return batch;
}

/// The thousand newest rows, out of turn. False when that could not be done.
bool seal_newest(Context& context) {
    const auto newest = db::newest_audit_id(context.session);
    return !try_batch(context, std::max<std::int64_t>(newest - rows_a_batch, 0)).stopped;
}

/// What is left to do is left to the next one, which in long work is ourselves.
void seal_within(Context& context, std::chrono::milliseconds patience) noexcept {
    if (!context.recorded) return;
    try {
        context.recorded = !seal(context, patience);
    } catch (...) {
        // The command has done what it was asked for, or has failed for a reason of its own.
    }
}

}  // namespace

bool is_sealable(const db::AuditRow& row, const SealingRules& rules) {
    const auto what = examine(row, rules.keys);
    if (what != Authenticity::genuine && what != Authenticity::erased) return false;
    // An id that large was written by hand, and cannot be told from another one.
    if (row.id == std::numeric_limits<std::int64_t>::max()) return false;
    if (row.copy || (rules.latest_purged && row.at <= *rules.latest_purged)) return false;
    const auto current = position(rules.keys, rules.keys.current().id);
    return !rules.key_since || !is_outdated(row, rules.keys, current, *rules.key_since);
}

SealingRules sealing_rules(Context& context) {
    const auto end = db::chain_end(context.session, context.config.application);
    return rules_of(context.keys.own, end, recorded_key(context));
}

bool is_key_replaced(Context& context) {
    const auto recorded = recorded_key(context);
    return recorded && recorded->key_id != context.keys.own.current().id;
}

Link chain_head(Context& context) { return link_at(db::chain_end(context.session, context.config.application)); }

bool seal(Context& context, std::chrono::milliseconds patience) {
    const auto& app = context.config.application;
    const auto began = Clock::now();
    std::int64_t after = 0;
    std::int64_t refused = 0;
    for (int batches = 0; batches < least_batches || Clock::now() - began < patience; ++batches) {
        const auto batch = try_batch(context, after);
        if (batch.stopped) return false;
        refused += batch.refused;
        if (batch.full && batch.last_id > after) {
            // Those at the front may all be refused, thousands of them. Our own are among the newest.
            if (batch.refused > 0 && after == 0 && !seal_newest(context)) return false;
            after = batch.last_id;
            continue;
        }
        // Who came while we had the lock went away and relied on us, and ids are not in the order of commits: are there
        // more rows than those that were refused?
        if (db::count_unsealed(context.session, app) <= refused) return true;
        after = 0;
        refused = 0;
    }
    return false;
}

void seal_quietly(Context& context) noexcept {
    seal_within(context, command_patience);
    leave_mark(context);
}

void seal_in_passing(Context& context) noexcept {
    if (Clock::now() - context.sealed_at < passing) return;
    seal_within(context, passing / 4);
    context.sealed_at = Clock::now();
}

}  // namespace pwreset
