// Where messages wait for a connection, and news of them for the worker: all that the threads of a fleet share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>

#include "src/base/error.h"
#include "src/base/secret.h"
#include "src/transport/transport.h"

namespace pwreset {

/// A message on its way.
struct Load {
    std::size_t ticket = 0;  ///< the worker's name for it
    Envelope envelope;
    Secret message;
};

/// What a carrier has to tell: a message came to its end, or was not offered to anybody.
struct News {
    std::size_t carrier = 0;
    std::size_t host = 0;          ///< the relay's place
    std::uint64_t connection = 0;  ///< of the carrier, counted; 0 = it has none
    std::string relay;             ///< its name
    bool usable = false;           ///< the connection, afterwards
    std::optional<Load> load{};    ///< not begun, or not to be told; its message is empty once it was offered
    SendResult result{};           ///< of a load that was offered
    bool offered = false;
    std::optional<Error> away{};  ///< no connection could be made
    bool login = false;           ///< … because ours was refused
    std::exception_ptr fault{};   ///< what is no failure of the world outside
};

struct Yard {
    using Clock = std::chrono::steady_clock;

    std::mutex mutex;                 ///< of all that follows
    std::condition_variable work;     ///< for carriers
    std::condition_variable arrived;  ///< for the worker
    std::deque<Load> waiting;
    std::deque<News> news;
    std::size_t permitted = 0;       ///< carriers that may take what waits
    std::size_t busy = 0;            ///< carriers at work
    std::size_t host = 0;            ///< the relay that is spoken to now
    Clock::time_point not_before{};  ///< the relay was told to be busy: nothing is begun
    bool ending = false;
};

}  // namespace pwreset
