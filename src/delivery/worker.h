// The worker: takes deliveries from the queue, mints their tokens, sends, marks.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/own/deliveries.h"
#include "src/context.h"
#include "src/delivery/marks.h"
#include "src/delivery/pass.h"
#include "src/delivery/relays.h"
#include "src/delivery/sender.h"
#include "src/delivery/turns.h"
#include "src/queue/outgoing.h"

namespace pwreset {

/// One process's worker: it alone claims, composes, marks; connections of its fleet send.
class Worker {
public:
    using Persistence = Marks::Persistence;
    /// Asked when less of a lane is due than is sent at once: true when it has queued something.
    using Feed = std::function<bool(Lane)>;

    explicit Worker(Context& context, Persistence persist = {}, Feed feed = {});

    /// The lease under which new deliveries are held for this process.
    db::Lease lease();
    /// Sends the deliveries that this process holds, waiting its turn (at most 20 s) where another one to the same
    /// account is in flight. What cannot be sent because its relay cannot be reached is queued again.
    Pass send_held(const std::vector<db::DeliveryRow>& held);
    /// Frees what dead workers had, then works off everything that is due, by turns for each channel.
    /// `on_progress` is told the number done. Throws Error UNAVAILABLE when a relay could not be reached (what goes
    /// another way was sent), Error INTERRUPTED after a signal.
    /// Temporary passwords whose time is past are made void at the end, also where a relay could not be reached.
    Pass pass(const std::function<void(std::int64_t)>& on_progress);

    // What a pass is made of, for a watch, which has to look at other things in between:

    /// Claims, sends and marks one batch of what is due by a channel, of one lane. False when nothing moved: none is
    /// due, or all that is waits for deliveries that other workers have in flight; they may also have been faster, so
    /// that it is worth another look: true. After a signal what is in flight is
    /// finished, the rest of the batch put back. Throws RelayUnavailable; what an exception leaves claimed is for
    /// release_own().
    bool round(Channel channel);
    /// Queues what somebody has for lane bulk. False when that is nothing for now.
    bool feed() { return feed_ && feed_(Lane::bulk); }
    /// Frees what dead workers, here or elsewhere, held or had claimed; after a clock that was ahead, bounds what it
    /// dated.
    void release_abandoned();
    /// Frees what this process has claimed: after a round that failed, when nothing is in flight.
    void release_own();
    /// Closes the connections that were not used for so long.
    void hang_up_after(std::chrono::seconds idle);
    /// What was done since the worker was made, or since the last pass began.
    const Pass& done() const { return pass_; }

private:
    using Clock = std::chrono::steady_clock;

    void work_off(Channel channel, const std::vector<db::DeliveryRow>& rows);
    void send_held_by(Channel channel, std::vector<db::DeliveryRow> held);
    bool dozed();
    bool is_still_to_be_sent(db::DeliveryRow& row);
    void note(const RelayUnavailable& fault, Channel channel, const std::vector<db::DeliveryRow>& rows);
    void stop_if_signalled() const;

    Context& context_;
    std::string owner_;
    Relays relays_;
    std::array<Turns, channel_words.size()> turns_;
    int contested_ = 0;  ///< rounds in a row in which others had taken what was due
    Pass pass_;
    Marks marks_;
    Sender sender_;
    Feed feed_;
};

}  // namespace pwreset
