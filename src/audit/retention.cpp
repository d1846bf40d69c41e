#include "src/audit/retention.h"

#include <algorithm>

#include "db/own/keys.h"
#include "src/audit/chain.h"

namespace pwreset {

namespace {

/// The rows that go: everything up to the last one that is proven to be old.
struct Front {
    AuditPurge purge;
    std::optional<db::Checkpoint> checkpoint;
};

/// What a checkpoint says that stands behind the row at which the walk is. No row older than its `latest` is sealed any
/// more, so one date in the future, of a clock that was wrong, must not get there.
db::Checkpoint behind(const ChainWalk& walk, const std::string& app, Time no_later_than) {
    return {.app = app,
            .seq = walk.end().seq,
            .chain_mac = walk.end().mac,
            .latest = std::min(walk.latest(), no_later_than),
            .erased = walk.erased(),
            .erasures = walk.erasures(),
            .purged_at = {},
            .key_id = {},
            .mac = {}};
}

Front read_front(Context& context, const std::optional<db::Checkpoint>& former, Time cut, int most) {
    Front front;
    std::int64_t faults = 0;
    ChainWalk walk(context.keys.own, [&](Fault, std::int64_t first, std::int64_t last) { faults += last - first + 1; });
    if (former) walk.start(*former);
    const Time latest = former ? std::max(former->latest, cut) : cut;
    const auto& app = context.config.application;
    const auto rows = db::sealed_audit(context.session, app, walk.end().seq, most, true);
    front.purge.more = rows.size() == static_cast<std::size_t>(most);
    for (const auto& row : rows) {
        const bool proven = walk.step(row);
        // An entry about late rows goes with them: it is younger than they are.
        if (!proven || row.action == seal_late_action) continue;
        if (row.at >= cut) {
            front.purge.more = false;
            break;
        }
        front.checkpoint = behind(walk, app, latest);
        front.purge.faults = faults;
    }
    return front;
}

}  // namespace

AuditPurge purge_audit(Context& context, Time cut, int most) {
    auto& session = context.session;
    const Key& key = context.keys.own.current();
    db::Transaction transaction(session);
    // A rotation makes the checkpoint anew. After it, ours would be one that a replaced key made.
    const auto recorded = db::lock_current_key(session, context.config.application, "own");
    if (recorded && recorded->key_id != key.id) return {};
    const auto former = db::read_checkpoint(session, context.config.application);
    // On a checkpoint that somebody has changed nothing can be built.
    if (former && !is_genuine(*former, key)) return {};
    auto front = read_front(context, former, cut, most);
    if (!front.checkpoint) return front.purge;
    auto& checkpoint = *front.checkpoint;
    checkpoint.purged_at = session.now();
    checkpoint.key_id = key.id;
    checkpoint.mac = checkpoint_mac(checkpoint, key.bytes);
    const std::int64_t after = former ? former->seq : 0;
    if (!db::move_checkpoint(session, checkpoint, after)) throw db::Conflict{};
    front.purge.deleted = db::delete_sealed(session, context.config.application, after, checkpoint.seq);
    transaction.commit();
    return front.purge;
}

}  // namespace pwreset
