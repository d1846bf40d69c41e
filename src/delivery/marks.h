// The marks of a batch: each at once, or, of what nobody waits for, some together.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/context.h"
#include "src/delivery/pass.h"
#include "src/queue/marking.h"
#include "src/queue/outgoing.h"

namespace pwreset {

/// How many mails of a job of many are marked together, and how long the first of them waits for the others: so many
/// may go a second time after a kill, for each connection, besides those that it has in its pipeline.
constexpr std::size_t most_unmarked = 50;
constexpr std::chrono::milliseconds longest_unmarked{200};

/// Writes down what became of messages, and counts it. What a relay has taken must not be sent again: so a mark that
/// cannot be written is tried until it is, or nobody wants to wait any longer.
class Marks {
public:
    /// Asked when a mark could not be written, though it was tried for some seconds: true to try again.
    using Persistence = std::function<bool(const Error&)>;

    Marks(Context& context, std::string owner, Persistence persist, Pass& pass)
        : context_(context), owner_(std::move(owner)), persist_(std::move(persist)), pass_(pass) {}

    /// Writes the mark now.
    void mark(const Outgoing& outgoing, const Sending& sending);
    /// Nothing was sent, since its password cannot be stored: the delivery waits for what may come right (whoever looks
    /// after the tables mends them, too), and has failed where it may be about this account.
    void mark_unready(const Outgoing& outgoing, const Error& fault);
    /// Writes it now; or soon, of a mail of lane bulk that was taken: the message must stay where it is until then.
    void settle(const Outgoing& outgoing, const Sending& sending);
    /// Writes what waits, if it has waited long enough.
    void flush_if_due();
    /// Writes what waits.
    void flush();
    /// When what waits is to be written; nothing while nothing waits.
    std::optional<std::chrono::steady_clock::time_point> due() const;

private:
    using Clock = std::chrono::steady_clock;

    Marked written(const Outgoing& outgoing, const Sending& sending);
    std::optional<Marked> failed_to_store(const Outgoing& outgoing, const Sending& sending, const Error& fault);
    bool written_together(const std::vector<SentMail>& mails);
    void count(Channel channel, DeliveryState marked);

    Context& context_;
    const std::string owner_;
    Persistence persist_;
    Pass& pass_;
    std::vector<SentMail> waiting_;
    Clock::time_point first_;  ///< when the first of them was taken
};

}  // namespace pwreset
