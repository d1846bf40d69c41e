// The connections a worker has: one for each channel, opened when it is needed.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "src/base/channel.h"
#include "src/base/error.h"
#include "src/base/lane.h"
#include "src/context.h"
#include "src/transport/transport.h"

namespace pwreset {

/// What sends messages of a channel cannot be opened: nothing was claimed, what is due stays so.
struct RelayUnavailable : Error {
    explicit RelayUnavailable(const Error& fault, std::optional<Concern> of = {}) : Error(fault), concern(of) {}

    std::optional<Concern> concern;  ///< what it holds against us, where it said so
};

class Relays {
public:
    explicit Relays(const Context& context) : context_(context) {}

    /// Makes sure that the channel's connection is there. True when it was opened anew. Throws RelayUnavailable.
    bool open(Channel channel);
    /// An open one.
    Transport& at(Channel channel) { return *line(channel).transport; }
    /// Whether it is there and not broken.
    bool usable(Channel channel) const { return line(channel).transport && line(channel).transport->usable(); }
    /// What a result means beside those that came before it: a refusal that names nothing condemns only once the relay
    /// has taken a recipient. Notes when the relay would tell all others the same, or is not fit for any.
    SendResult weighed(Channel channel, SendResult result);
    /// Whether nothing more is to be offered for now.
    bool stopped(Channel channel) const { return line(channel).stop.has_value(); }
    /// After a batch: closes what takes no more; a new connection goes on where this one has brought something on its
    /// way. Throws RelayUnavailable where the channel was stopped.
    void end_batch(Channel channel);
    /// How many messages of a lane are claimed for it at once: what it sent in five seconds before, since every token's
    /// lifetime starts at the claim, and no more than its connection takes. Of what nobody waits for, what it sent in
    /// two: so long others wait behind it. One text message at a time: a crash leaves no more than one in doubt.
    int batch(Channel channel, Lane lane) const;
    /// Notes how long a batch of a lane took, until now.
    void used(Channel channel, Lane lane, std::chrono::steady_clock::duration took);
    /// Closes what was not used for so long.
    void hang_up_after(std::chrono::seconds idle);

private:
    using Clock = std::chrono::steady_clock;
    struct Line {
        std::unique_ptr<Transport> transport;
        Clock::time_point used;
        int batch;
        int bulk = batch;                        ///< the same of lane bulk
        bool moved = false;                      ///< a message has come to its end on this connection
        bool proven = false;                     ///< it has taken a recipient, whatever it said of others
        int bare = 0;                            ///< refusals in a row since then that name nothing
        int refusals = 0;                        ///< in a row that were about us
        std::optional<RelayUnavailable> stop{};  ///< why nothing more is offered
        Clock::time_point not_before{};          ///< a pause that the other end asked for
    };

    SendResult paced(Line& there, SendResult result);
    Line& line(Channel channel) { return lines_[static_cast<std::size_t>(channel)]; }
    const Line& line(Channel channel) const { return lines_[static_cast<std::size_t>(channel)]; }

    const Context& context_;
    std::array<Line, channel_words.size()> lines_{Line{{}, {}, 5}, Line{{}, {}, 1}};
};

}  // namespace pwreset
