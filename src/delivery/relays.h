// The connections a worker has: of each channel, opened when they are needed.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "src/base/channel.h"
#include "src/base/error.h"
#include "src/base/lane.h"
#include "src/context.h"
#include "src/fleet/fleet.h"
#include "src/transport/transport.h"

namespace pwreset {

class Relays {
public:
    explicit Relays(const Context& context) : context_(context), fleet_(context.env, context.config) {}

    /// Makes sure that a connection of the channel is there. True when it was opened anew. Throws RelayUnavailable.
    bool open(Channel channel);
    /// Those that mails leave by.
    Fleet& fleet() { return fleet_; }
    /// The one that text messages leave by, which is open.
    Transport& gateway() { return *gateway_.transport; }
    /// Whether that one is there and not broken.
    bool usable() const { return gateway_.transport && gateway_.transport->usable(); }
    /// What the gateway's result means beside those that came before it. Notes when it would tell all others the same.
    SendResult weighed(SendResult result);
    /// Who takes messages of the channel, for people.
    std::string name(Channel channel) const;
    /// Whether nothing more is to be offered for now.
    bool stopped(Channel channel) const;
    /// After a batch: closes what takes no more. Throws RelayUnavailable where the channel was stopped.
    void end_batch(Channel channel);
    /// How many messages of a lane are claimed for it at once: what it sent in five seconds before, since every token's
    /// lifetime starts at the claim. Of what nobody waits for, what it sent in two: so long others wait behind it. One
    /// text message at a time: a crash leaves no more than one in doubt; and of mails no more than may leave now.
    int batch(Channel channel, Lane lane);
    /// Notes how long a batch of a lane took, until now, and whether anything of it was taken.
    void used(Channel channel, Lane lane, std::chrono::steady_clock::duration took, bool moved);
    /// Closes what was not used for so long.
    void hang_up_after(std::chrono::seconds idle);

private:
    using Clock = std::chrono::steady_clock;
    struct Gateway {
        std::unique_ptr<Transport> transport{};
        Clock::time_point used{};
        std::optional<RelayUnavailable> stop{};  ///< why nothing more is offered
        Clock::time_point not_before{};          ///< a pause that it asked for
    };

    bool open_gateway();

    const Context& context_;
    Fleet fleet_;
    Gateway gateway_{};
    std::array<int, lane_words.size()> batches_{5, 5, 5};  ///< of mails, by lane
};

}  // namespace pwreset
