// Sends what was claimed: composes each message, hands it to what carries it, has it marked as it comes to an end.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "src/context.h"
#include "src/delivery/marks.h"
#include "src/delivery/pass.h"
#include "src/delivery/relays.h"
#include "src/message/templates.h"
#include "src/queue/outgoing.h"

namespace pwreset {

class Sender {
public:
    Sender(Context& context, std::string owner, Relays& relays, Marks& marks, Pass& pass);

    /// A batch of one lane. Everything of it is marked afterwards, or was taken from us. After a signal what is being
    /// sent is finished, the rest put back. What an exception leaves is not being sent any more.
    void send(Channel channel, std::vector<Outgoing>& batch);

private:
    using Clock = std::chrono::steady_clock;

    /// A batch on its way.
    struct Batch {
        std::vector<Outgoing>& all;
        Clock::time_point began = Clock::now();
        std::size_t next = 0;                 ///< the first that was not looked at yet
        std::set<std::size_t> aboard{};       ///< offered, and not come to an end
        std::vector<bool> lost{};             ///< whose claim does not stand any more
        Clock::time_point looked_at = began;  ///< … as far as was known then
        bool moved = false;                   ///< one of them was taken
    };

    void by_mail(Batch& batch);
    void by_gateway(Batch& batch);
    void offer_some(Batch& batch);
    bool offer(Batch& batch, std::size_t at);
    std::size_t room(const Batch& batch);
    void take_back_lost(Batch& batch);
    void came(Batch& batch, const Arrival& arrival);
    void rescue(Batch& batch);
    Clock::time_point next_look() const;
    bool goes_on(const Batch& batch) const;
    bool still_ours(Batch& batch, std::size_t at);
    void look_at_claims(Batch& batch, const std::vector<std::size_t>& which);
    Secret message_for(const Outgoing& outgoing);
    Envelope envelope_for(const Outgoing& outgoing) const;
    bool is_ready(Outgoing& outgoing);
    SendResult text(const Outgoing& outgoing);
    void put_back(const Outgoing& outgoing, const char* why);
    const char* why_not_offered(Channel channel) const;

    Context& context_;
    const std::string owner_;
    Templates templates_;
    Relays& relays_;
    Marks& marks_;
    Pass& pass_;
};

}  // namespace pwreset
