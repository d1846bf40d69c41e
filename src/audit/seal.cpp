#include "src/audit/seal.h"

#include <algorithm>
#include <limits>

#include "db/keys.h"
#include "db/leases.h"

namespace pwreset {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int rows_a_batch = 1000;
/// A command must not be kept by the rows of others.
constexpr std::chrono::milliseconds command_patience{100};
/// Where a commit alone takes longer than that, those who rely on us must still be looked after.
constexpr int least_batches = 3;
constexpr std::chrono::milliseconds passing{1000};

/// Whether our key is the recorded one. A command that was begun before a rotation must not seal after it: the chain
/// would go back to a key that it has left.
bool holds_current_key(Context& context) {
    const auto recorded = db::current_keys(context.session, context.config.application);
    return std::all_of(recorded.begin(), recorded.end(), [&](const db::CurrentKey& key) {
        return key.purpose != "own" || key.key_id == context.keys.own.current().id;
    });
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

/// The sealable rows, with numbers and chain MACs behind `end`.
std::vector<db::AuditRow> placed(Context& context, std::vector<db::AuditRow> rows, const db::ChainEnd& end) {
    const Key& key = context.keys.own.current();
    Link link = link_at(end);
    std::vector<db::AuditRow> out;
    for (auto& row : rows) {
        if (!is_sealable(row, context.keys.own, end.latest_purged)) continue;
        row.seq = link.seq + 1;
        row.chain_key_id = key.id;
        row.chain_mac = chain_mac(row, link.mac, key.bytes);
        link = {*row.seq, *row.chain_mac};
        out.push_back(std::move(row));
    }
    return out;
}

Batch seal_batch(Context& context, std::int64_t after) {
    const auto& app = context.config.application;
    auto& session = context.session;
    Batch batch;
    batch.stopped = true;
    db::Transaction transaction(session);
    if (!db::lock_lease(session, app, "seal") || !holds_current_key(context)) return batch;
    auto rows = db::unsealed_audit(session, app, after, rows_a_batch);
    const auto end = db::chain_end(session, app);
    // Another host has a newer key already, and has used it: the chain must not go back to ours.
    if (end.key_id && !context.keys.own.find(*end.key_id)) return batch;
    if (end.seq > std::numeric_limits<std::int64_t>::max() - rows_a_batch) return batch;
    batch.full = rows.size() == rows_a_batch;
    batch.last_id = rows.empty() ? after : rows.back().id;
    const auto read = rows.size();
    const auto sealed = placed(context, std::move(rows), end);
    batch.refused = static_cast<std::int64_t>(read - sealed.size());
    if (!db::seal_audit(session, sealed)) return batch;
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

bool is_sealable(const db::AuditRow& row, const Keyring& keys, const std::optional<Time>& latest_purged) {
    const auto what = examine(row, keys);
    if (what != Authenticity::genuine && what != Authenticity::erased) return false;
    return !row.copy && (!latest_purged || row.at > *latest_purged);
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

void seal_quietly(Context& context) noexcept { seal_within(context, command_patience); }

void seal_in_passing(Context& context) noexcept {
    if (Clock::now() - context.sealed_at < passing) return;
    seal_within(context, passing / 4);
    context.sealed_at = Clock::now();
}

}  // namespace pwreset
