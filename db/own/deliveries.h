// The queue: deliveries from "held" or "queued" to one of the states that end them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/id_range.h"
#include "db/session.h"
#include "src/base/channel.h"
#include "src/base/grounds.h"
#include "src/base/kind.h"
#include "src/base/lane.h"
#include "src/base/state.h"

namespace pwreset::db {

struct DeliveryRow {
    std::int64_t id = 0;
    std::int64_t job_id = 0;
    std::string account;
    Kind kind = Kind::link;
    Channel channel = Channel::email;
    DeliveryState state = DeliveryState::queued;
    Lane lane = Lane::agents;
    int attempts = 0;
    int failures = 0;
    Time queued_at;
    // from its job:
    std::string command;
    std::string operator_name;
    Grounds grounds;
    std::optional<std::string> locale;
    bool override_protected = false;
};

/// What a claim asks for and a mark must still find.
struct Lease {
    std::string owner;
    Time until;
};

struct NewDelivery {
    std::string account;
    Kind kind = Kind::link;
    Channel channel = Channel::email;
};

/// Queues deliveries under a job, at this moment or as the database says. With `holder`, they are held for that process
/// until the time; without, any worker may take them at once.
void insert_deliveries(Session& session, const std::string& app, std::int64_t job_id,
                       const std::vector<NewDelivery>& rows, const std::optional<Lease>& holder,
                       Lane lane = Lane::agents, const std::optional<Time>& at = {});
/// The delivery that this invocation (by its trace id) queued for an account: what is asked after a broken COMMIT.
std::optional<DeliveryRow> delivery_of_trace(Session& session, const std::string& app, const std::string& trace_id,
                                             const std::string& account);
/// The deliveries of a job to these accounts, in the order of their ids.
std::vector<DeliveryRow> deliveries_of_job(Session& session, std::int64_t job_id,
                                           const std::vector<std::string>& accounts);
std::optional<DeliveryRow> delivery(Session& session, const std::string& app, std::int64_t id);
/// At most `most` deliveries of a lane, by a channel, that are due and of a kind we know; uncertain ones first, those
/// that wait longest before others. Costs as much as there are of these, whatever else waits.
std::vector<DeliveryRow> due_deliveries(Session& session, const std::string& app, Channel channel, Lane lane, int most);
/// The statement that finds them, with :app, :state, :channel, :lane and :most.
std::string due_sql();

/// Whether due_deliveries() would find any: a look at one row of the index.
bool anything_due(Session& session, const std::string& app);

/// What waits in the queue.
struct Backlog {
    std::int64_t due = 0;       ///< could be sent now
    std::int64_t waiting = 0;   ///< not before some later time
    std::int64_t requests = 0;  ///< of web back ends, that are no deliveries yet
    std::optional<Time> next;   ///< the earliest of those
};
Backlog backlog(Session& session, const std::string& app);
/// What is due for longer than it should be.
struct Overdue {
    std::int64_t count = 0;
    std::optional<Time> oldest;  ///< when the oldest of all that is due was queued
};
Overdue overdue(Session& session, const std::string& app, Seconds longer_than);
/// The accounts of mails that failed for good since then, newest first, at most `most`.
std::vector<std::string> failed_accounts(Session& session, const std::string& app, Time since, int most);

/// queued/uncertain (and due)/held-by-us → claimed, if nobody tried it since `row` was read. False when somebody else
/// has it, it ended, or another delivery to the same account and kind is in flight.
bool try_claim(Session& session, const DeliveryRow& row, const Lease& lease);
/// The same of many that are at this attempt; how many. Throws Duplicate, and claims none, where another delivery to
/// one of the accounts is in flight.
std::int64_t try_claim(Session& session, const std::vector<std::int64_t>& ids, int attempts, const Lease& lease);
/// Whether this owner has it claimed: what is asked after a connection broke during COMMIT.
bool is_claimed_by(Session& session, std::int64_t id, const std::string& owner);
/// What is left of a claim.
enum class Claim { lost, short_lived, ours };
/// Whether the claim still stands (revoked, taken over: lost), and for at least `least` more by the database's clock.
Claim claim_left(Session& session, const DeliveryRow& delivery, const std::string& owner, Seconds least);
/// Ends what is queued for the same account and kind besides this one, and nobody's: `superseded`.
std::int64_t supersede_queued(Session& session, const std::string& app, const DeliveryRow& winner);
/// claimed-by-us → `state`, with the relay's words. False when it was cancelled or taken over meanwhile.
struct Mark {
    DeliveryState state = DeliveryState::sent;  ///< sent, failed, refused, cancelled, superseded: ended; queued,
                                                ///< uncertain: again at `next_at`
    std::optional<Time> next_at;
    std::optional<std::string> relay;
    std::optional<std::string> answer;
    std::optional<std::string> reason;
    bool failure_counts = false;
};
bool mark_delivery(Session& session, const DeliveryRow& delivery, const Lease& lease, const Mark& mark);
/// Whether a mark would still find the delivery claimed by this owner; if so, nobody takes it before this transaction
/// ends.
bool lock_claim(Session& session, const DeliveryRow& delivery, const Lease& lease);
/// Lengthens the leases on the deliveries that this owner has claimed.
void renew_claims(Session& session, const std::string& app, const Lease& lease);
/// held-by-us → queued, due when the lease says: we will not send what goes by this channel ourselves.
void let_go(Session& session, const std::string& app, Channel channel, const Lease& lease);

/// What keeps deliveries from being sent before any of them is offered.
struct Hindrance {
    std::string relay;
    std::string answer;
    std::string reason;
};
/// Writes it to those of the deliveries that are queued, and do not say so already.
void note_hindrance(Session& session, const std::vector<std::int64_t>& ids, const Hindrance& hindrance);
/// Puts those that are due, or held by this owner, off until the lease says, and writes down why. Nothing is claimed.
void put_off(Session& session, const std::vector<std::int64_t>& ids, const Lease& lease, const Hindrance& hindrance);
/// What was written to the delivery that is the next by a channel; nothing where nothing was, or none is queued.
std::optional<Hindrance> hindrance_of_next(Session& session, const std::string& app, Channel channel);

/// The owners of held and claimed deliveries.
std::vector<std::string> lease_owners(Session& session, const std::string& app);
/// Frees what a dead owner held (queued again) or had claimed (uncertain: it may have been sent); the number.
std::int64_t release_owner(Session& session, const std::string& app, const std::string& owner);
/// The same for every lease that ran out by the database's clock.
std::int64_t release_overdue(Session& session, const std::string& app);

/// Ends everything that is not ended yet for an account, one delivery, or all, but for the news of a changed password:
/// `cancelled`. The number.
std::int64_t cancel_deliveries(Session& session, const std::string& app, const std::optional<std::string>& account,
                               const std::optional<std::int64_t>& id);
/// The same for a stretch of ids, and the last id there is, by which all of them can be walked.
std::int64_t cancel_deliveries_between(Session& session, const std::string& app, const IdRange& ids);
std::int64_t last_delivery_id(Session& session);
/// How many that would be.
std::int64_t open_deliveries(Session& session, const std::string& app, const std::optional<std::string>& account,
                             const std::optional<std::int64_t>& id);

}  // namespace pwreset::db
