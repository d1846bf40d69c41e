// The worker: takes deliveries from the queue, mints their tokens, sends, marks. The only place where a token is
// issued.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/deliveries.h"
#include "src/account/eligibility.h"
#include "src/context.h"
#include "src/delivery/transport.h"
#include "src/message/templates.h"
#include "src/token/kind.h"

namespace pwreset {

/// What a pass over the queue did.
struct Pass {
    std::int64_t sent = 0;
    std::int64_t failed = 0;                       ///< for good
    std::int64_t deferred = 0;                     ///< temporary failures and unknown outcomes: tried again later
    std::int64_t dropped = 0;                      ///< refused, superseded or done already when their turn came
    std::int64_t taken_back = 0;                   ///< from workers that died
    std::map<std::int64_t, std::string> subjects;  ///< by delivery; of what this process held
};

/// One process's worker, with at most one open relay connection.
class Worker {
public:
    explicit Worker(Context& context);
    ~Worker();

    /// The lease under which new deliveries are held for this process.
    db::Lease lease();
    /// Sends the deliveries that this process holds, waiting its turn (at most 20 s) where another one to the same
    /// account is in flight. Throws Error UNAVAILABLE when the relay cannot be reached; they are then queued again.
    Pass send_held(std::vector<db::DeliveryRow> held);
    /// Takes back what dead workers had, then works off everything that is due. `on_progress` is told the number done.
    /// Throws Error UNAVAILABLE when the relay cannot be reached, Error INTERRUPTED after a signal.
    Pass pass(const std::function<void(std::int64_t)>& on_progress);

private:
    struct Outgoing;

    void open_relay();
    std::int64_t take_back_abandoned();
    std::vector<Outgoing> claim_and_mint(const std::vector<db::DeliveryRow>& rows);
    std::optional<db::Mark> why_not_minted(const db::DeliveryRow& delivery, const db::AccountRow* account, Time now);
    Outgoing mint(const db::DeliveryRow& delivery, const db::AccountRow& account, Time now);
    Secret message_for(const Outgoing& outgoing);
    db::Mark verdict_mark(const Outgoing& outgoing, const SendResult& result, Time now) const;
    Envelope envelope_for(const Outgoing& outgoing) const;
    SendResult send(const Outgoing& outgoing);
    void mark(const Outgoing& outgoing, const SendResult& result);
    void send_batch(std::vector<Outgoing>& batch);
    void put_back(const Outgoing& outgoing);
    bool still_ours(const Outgoing& outgoing);
    void stop_if_signalled() const;

    Context& context_;
    Templates templates_;
    std::string owner_;
    std::unique_ptr<Transport> relay_;
    int batch_ = 5;  ///< how many are claimed at once, by how long the last ones took
    Pass pass_;
};

}  // namespace pwreset
