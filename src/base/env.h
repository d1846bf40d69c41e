// The seams to the outside: everything a test replaces. cmd/main.cpp fills it with the real world.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/channel.h"
#include "src/base/time.h"

namespace pwreset {

struct Config;
struct HttpRequest;
struct HttpOutcome;
class Transport;

/// What stands at the other end of the streams.
struct Terminal {
    bool in = false;         ///< standard input is a terminal: one may ask
    bool out = false;        ///< standard output is a terminal: tables are cut, times are local
    bool err = false;        ///< standard error is a terminal: progress may be drawn
    std::size_t width = 80;  ///< columns of the terminal
    bool out_color = false;  ///< standard output may be coloured
    bool err_color = false;  ///< standard error may be coloured
};

/// The outside world as functions. Owned by main (or by a test) and outlives everything else.
struct Env {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    Terminal terminal;
    uid_t uid = 0;            ///< the real user id
    uid_t effective_uid = 0;  ///< whose files we may read

    /// The machine's clock: for display and for dates in mails. What expires is decided by the database's.
    std::function<Time()> clock;
    /// Fills the bytes from the operating system's CSPRNG; throws Error INTERNAL_ERROR when it cannot.
    std::function<void(char*, std::size_t)> random;
    /// An environment variable, or nothing.
    std::function<std::optional<std::string>(const char*)> variable;
    /// Opens a connection to what sends a channel's messages (connected, encrypted, authenticated). Throws Error
    /// UNAVAILABLE.
    std::function<std::unique_ptr<Transport>(const Config&, Channel)> open_transport;
    /// One line from the operator, not echoed when `hidden`; nothing at end of input.
    std::function<std::optional<std::string>(const std::string& prompt, bool hidden)> ask;
    /// The signal (SIGINT, SIGTERM) that asked us to stop, or 0. Looked at between steps and while waiting.
    std::function<int()> signalled;
    /// Called at the named steps of a delivery ("claimed", "minted", "accepted", "marking") and of a rotation
    /// ("key_written"), and before each commit of an erasure ("erasing") and of the news of a changed password
    /// ("telling"). Does nothing; the tests kill the process there.
    std::function<void(std::string_view)> checkpoint;
    /// Hands a datagram in the native protocol to systemd's journal, without waiting; nothing where there is none. May
    /// be empty.
    std::function<void(const std::string&)> journal{};
    /// Asks a web service. Throws Error UNAVAILABLE when the network module is missing. May be empty where nobody asks.
    std::function<HttpOutcome(const HttpRequest&)> http{};
    /// Whether a SIGHUP came since this was asked last, which is caught from the first time on. May be empty: then it
    /// ends the process.
    std::function<bool()> hung_up{};
};

}  // namespace pwreset
