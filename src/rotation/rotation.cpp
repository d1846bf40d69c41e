#include "src/rotation/rotation.h"

#include <algorithm>

#include "db/own/keys.h"
#include "db/own/leases.h"
#include "db/retrying.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/keys/key_registry.h"

namespace pwreset {

namespace {

constexpr const char* lease_name = "keys";
constexpr Seconds lease_span{60};

/// The lease on rotating, for as long as this lives.
class RotationLease {
public:
    explicit RotationLease(Context& context) : context_(context), owner_(process_identity()) {
        const auto holder = db::take_lease(context.session, context.config.application, lease_name, owner_, lease_span);
        if (!holder) return;
        throw unavailable("another 'keys rotate' is at work on " + printable(holder->substr(0, holder->find('/'))),
                          "wait for it, then look at 'pwreset keys list'");
    }
    ~RotationLease() {
        try {
            db::release_lease(context_.session, context_.config.application, lease_name, owner_);
        } catch (const std::exception&) {
            // The connection is gone; the lease ends with this process.
        }
    }
    RotationLease(const RotationLease&) = delete;
    RotationLease& operator=(const RotationLease&) = delete;

private:
    Context& context_;
    std::string owner_;
};

/// The keys as files and database have them now.
Keys keys_now(const Context& context) { return recorded_keys(context.env, context.session, context.config); }

std::vector<RotatedKey> plan(const Context& context, const RotationRequest& request, const Keys& keys) {
    const auto files = key_files(context.config.keys);
    std::vector<RotatedKey> out;
    for (std::size_t i = 0; i < key_purposes.size(); ++i) {
        const std::string purpose(key_purposes[i]);
        if (std::find(request.purposes.begin(), request.purposes.end(), purpose) == request.purposes.end()) continue;
        const Keyring& ring = keys.of(purpose);
        const bool prepared = ring.first().id != ring.current().id;
        out.push_back({.purpose = purpose,
                       .file = files[i],
                       .former = ring.current().id,
                       .key_id = prepared ? ring.first().id : std::string(),
                       .added = !prepared});
    }
    return out;
}

/// "application.key k12ab34cd, pwreset.key k99ff0011"
std::string detail_of(const std::vector<RotatedKey>& rotated) {
    std::string text;
    for (const auto& key : rotated) {
        text += (text.empty() ? "" : ", ") + key.file.filename().string() + " " + key.key_id;
    }
    return text;
}

AuditEntry entry_for(const RotationRequest& request, const std::vector<RotatedKey>& rotated) {
    return {.action = "keys-rotate",
            .result = request.prepare ? "prepared" : "done",
            .ticket = request.grounds.ticket,
            .reason = request.grounds.reason,
            .detail = detail_of(rotated)};
}

bool are_current(const Context& context, const std::vector<RotatedKey>& rotated) {
    const auto recorded = db::current_keys(context.session, context.config.application);
    return std::all_of(rotated.begin(), rotated.end(), [&](const RotatedKey& key) {
        return std::any_of(recorded.begin(), recorded.end(), [&](const db::CurrentKey& current) {
            return current.purpose == key.purpose && current.key_id == key.key_id;
        });
    });
}

/// A checkpoint is genuine under the current key alone, so that nobody makes one with a key that was replaced. One that
/// the former key did not make is left for 'audit verify' to find.
void renew_checkpoint(const Context& renewed, const std::string& former) {
    auto checkpoint = db::read_checkpoint(renewed.session, renewed.config.application, true);
    const Key* former_key = renewed.keys.own.find(former);
    if (!checkpoint || !former_key || !is_genuine(*checkpoint, *former_key)) return;
    const Key& key = renewed.keys.own.current();
    checkpoint->key_id = key.id;
    checkpoint->mac = checkpoint_mac(*checkpoint, key.bytes);
    if (!db::move_checkpoint(renewed.session, *checkpoint, checkpoint->seq)) throw db::Conflict{};
}

/// Makes the first keys of the files current, in one transaction with the audit row and the checkpoint, which the new
/// own key makes.
void make_current(const Context& context, const RotationRequest& request, const std::vector<RotatedKey>& rotated) {
    Keys keys = keys_now(context);  // read again: what was written must be what every other command will read
    for (const auto& key : rotated) {
        if (!keys.of(key.purpose).make_current(key.key_id))
            throw unavailable("'" + key.file.string() + "' was changed by somebody else",
                              "look at 'pwreset keys list'");
    }
    Context renewed = context.with(keys);
    const auto body = [&] {
        db::Transaction transaction(context.session);
        for (const auto& key : rotated) {
            if (!db::replace_current_key(context.session, context.config.application, key.purpose, key.former,
                                         key.key_id))
                throw unavailable("another 'keys rotate' was quicker", "look at 'pwreset keys list'");
            if (key.purpose == "own") renew_checkpoint(renewed, key.former);
        }
        record(renewed, {entry_for(request, rotated)});
        transaction.commit();
    };
    db::retrying(context.session, body, [&] { return are_current(context, rotated); });
    seal_quietly(renewed);  // with the new key, which the command's own context does not have
}

}  // namespace

std::vector<RotatedKey> rotate_keys(Context& context, const RotationRequest& request) {
    if (request.dry_run) return plan(context, request, keys_now(context));
    const RotationLease lease(context);
    auto rotated = plan(context, request, keys_now(context));
    for (auto& key : rotated) {
        if (key.added) key.key_id = add_key(context.env, key.file);
    }
    context.env.checkpoint("key_written");
    if (!request.prepare) {
        make_current(context, request, rotated);
    } else if (std::any_of(rotated.begin(), rotated.end(), [](const RotatedKey& key) { return key.added; })) {
        record_alone(context, entry_for(request, rotated));
    }
    return rotated;
}

}  // namespace pwreset
