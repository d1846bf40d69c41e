// The connections that mails leave by: several at a time, to the first relay that takes something. Each has a thread
// that sends; all that is decided is decided here, in the worker's own thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/base/env.h"
#include "src/config/config.h"
#include "src/fleet/carrier.h"
#include "src/fleet/judgement.h"
#include "src/fleet/pace.h"
#include "src/fleet/yard.h"

namespace pwreset {

/// A message that was offered has come to an end.
struct Arrival {
    std::size_t ticket = 0;
    SendResult result;    ///< as the relay's others before it make it look
    std::string relay;    ///< who was asked; empty where nobody was
    bool offered = true;  ///< false: it was not begun, and nothing is held against anybody
};

class Fleet {
public:
    using Clock = Yard::Clock;

    /// A relay that is away, or takes nothing, is left alone for an `absence` when there is another one.
    Fleet(const Env& env, const Config& config, std::chrono::milliseconds absence = std::chrono::seconds(30));
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;
    /// What is being sent is finished; what waits is dropped.
    ~Fleet();

    /// Makes sure that a relay is there which lets us in: before anything is claimed. True when it was dialled. Throws
    /// RelayUnavailable with the fault of the first relay.
    bool open();
    /// How many more it takes now: what it sends in half a second, so that what is taken back meanwhile was not sent,
    /// and no more than may leave.
    std::size_t room();
    void offer(std::size_t ticket, Envelope envelope, Secret message);
    /// The next that came to an end; nothing at the deadline, and where nothing is on its way.
    std::optional<Arrival> next(Clock::time_point deadline);
    /// Messages that were offered and have not come to an end.
    std::size_t on_their_way() const { return on_their_way_; }
    /// Takes back a message that was not begun: it will not arrive. False where it is too late.
    bool withdraw(std::size_t ticket);
    /// Takes back all that is not begun: each comes to an end as not offered.
    void withdraw_all();
    /// Whether no relay takes anything for now: what waits comes back.
    bool stopped() const { return stop_.has_value(); }
    /// After a batch. Throws RelayUnavailable where it was stopped; then all begins anew.
    void end_batch();
    /// After something went wrong in the middle of a batch: what is being sent is finished. What came
    /// of all that was on its way.
    std::vector<Arrival> drop();
    /// How fast mails may leave.
    Pace& pace() { return pace_; }
    /// The host of the relay that is asked now.
    std::string name() const { return hosts_[yard_.host].config->mail.host; }
    /// Says goodbye where a connection was not used for so long.
    void hang_up_after(std::chrono::seconds idle);

private:
    using Lock = std::unique_lock<std::mutex>;

    /// A relay of the configuration.
    struct Host {
        std::shared_ptr<const Config> config;  ///< with it in the first place
        Judgement judgement{};
        Clock::time_point away_until{};
        std::chrono::milliseconds away_for{0};
        std::size_t most = 1;         ///< connections that it bears, as far as we know
        Clock::time_point more_at{};  ///< when one more is tried
        std::chrono::seconds more_after{0};
        std::chrono::milliseconds busy_for{0};
    };
    /// The connection that a carrier sends by.
    struct Connection {
        std::uint64_t number = 0;
        Bearer bearer{};
    };

    static RelayUnavailable unavailable_by(const News& news);
    std::vector<std::size_t> hosts_in_turn() const;
    News ready_at(Lock& lock, std::size_t host);
    bool is_trusted() const;
    bool is_new(const News& news);
    std::optional<Arrival> made_of(News news);
    std::optional<Arrival> not_offered();
    std::optional<Arrival> not_connected(News& news);
    void restrain(Host& host, std::size_t most);
    void lost(std::size_t host, const RelayUnavailable& why);
    void leave(std::size_t host);
    void note_pace(Host& host, const SendResult& result);
    void muster();
    void count_ended();
    std::size_t connected() const;

    const Env& env_;
    const std::chrono::milliseconds absence_;
    const std::size_t most_;  ///< connections, by the configuration
    std::vector<Host> hosts_;
    Dial dial_;
    Pace pace_;
    Yard yard_;
    std::vector<std::unique_ptr<Carrier>> carriers_;
    std::vector<Connection> connections_;  ///< of each carrier
    std::size_t on_their_way_ = 0;
    std::optional<RelayUnavailable> stop_{};
    bool returning_ = false;     ///< what waits comes back
    std::size_t window_;         ///< most that waits to be begun
    std::size_t ended_ = 0;      ///< in the present half second
    Clock::time_point since_{};  ///< it began
};

}  // namespace pwreset
