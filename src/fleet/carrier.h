// One connection to a relay and the thread that sends over it, and does nothing else: it decides nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "src/fleet/yard.h"
#include "src/transport/transport.h"

namespace pwreset {

/// Opens a connection to the relay of that place in the configuration's order.
using Dial = std::function<std::unique_ptr<Transport>(std::size_t host)>;

class Carrier {
public:
    /// `signalled` as in Env: from any thread.
    Carrier(Yard& yard, std::size_t number, const Dial& dial, const std::function<int()>& signalled)
        : yard_(yard), number_(number), dial_(dial), signalled_(signalled) {}
    Carrier(const Carrier&) = delete;
    Carrier& operator=(const Carrier&) = delete;
    /// Finishes what it has in hand, says goodbye, and is gone: yard.ending must be set.
    ~Carrier();

    // The worker calls these with yard.mutex held.

    /// Whether it may take what waits. Its thread begins with the first permission.
    void permit(bool may);
    bool permitted() const { return permitted_; }
    /// Whether it has told of a message that was not taken, and the worker has not judged yet: until then it is not
    /// permitted to go on.
    bool awaits_judgement() const { return awaits_judgement_; }
    void judged() { awaits_judgement_ = false; }
    /// Whether it has a connection, as far as it knows.
    bool connected() const { return connected_; }
    /// When it had something to do last.
    Yard::Clock::time_point used() const { return used_; }
    /// Has it see to it that a connection is there; news without a load tells of it.
    void make_ready();
    /// Has it say goodbye as soon as it is idle.
    void hang_up() {
        hanging_up_ = connected_;
        connected_ = false;
    }
    /// Takes back what it has announced and not begun, which costs the connection; nothing where it is not
    /// that one. Without a ticket whichever it is.
    std::optional<Load> withdraw(std::optional<std::size_t> ticket);

private:
    void run();
    void wait(std::unique_lock<std::mutex>& lock);
    bool has_work() const;
    std::optional<Load> take();
    void say_goodbye(std::unique_lock<std::mutex>& lock);
    News carry(std::optional<Load> load, const std::optional<Envelope>& ahead);
    void report(News news);
    void give_back();
    bool is_there() const;
    bool connect(News& news, bool fresh);
    void send(News& news, const std::optional<Envelope>& ahead);

    Yard& yard_;
    const std::size_t number_;
    const Dial& dial_;
    const std::function<int()>& signalled_;

    // With yard.mutex.
    bool permitted_ = false;
    bool awaits_judgement_ = false;
    bool connected_ = false;
    bool readying_ = false;
    bool hanging_up_ = false;
    Yard::Clock::time_point used_{};
    std::optional<Load> next_{};  ///< the relay may have been asked about it already

    // The thread's own.
    std::unique_ptr<Transport> transport_;
    std::size_t wanted_host_ = 0;
    std::size_t host_ = 0;  ///< of the connection
    std::uint64_t connection_ = 0;
    bool follows_ = false;  ///< the relay was told of this message with the one before

    std::thread thread_;
};

}  // namespace pwreset
