// A byte stream to a server, with deadlines and TLS: what the SMTP dialogue and HTTP need of a socket, and all they
// need.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pwreset {

/// The connection broke, timed out or was interrupted. `what()` is printable and holds nothing that was sent.
struct WireError : std::exception {
    enum class Kind { closed, timeout, refused, certificate, interrupted, broken };
    WireError(Kind what_kind, std::string words, std::string step = {})
        : kind(what_kind), text(std::move(words)), hint(std::move(step)) {}
    const char* what() const noexcept override { return text.c_str(); }
    Kind kind;
    std::string text;
    std::string hint;         ///< the next step, where there is one that helps
    std::size_t written = 0;  ///< of a write: how many of its bytes had left before it failed
};

/// One connected stream. Every call ends by `deadline` at the latest with a result or a WireError.
class Wire {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    virtual ~Wire() = default;
    /// Reads what is there, at least one byte; 0 at the end of the stream.
    virtual std::size_t read(char* buffer, std::size_t size, Deadline deadline) = 0;
    /// Writes all of it.
    virtual void write(std::string_view bytes, Deadline deadline) = 0;
    /// Begins TLS; the certificate's chain and host name are verified, or WireError `certificate` is thrown.
    virtual void start_tls(Deadline deadline) = 0;
};

/// Where to connect and whom to trust.
struct WireTarget {
    std::string host;
    int port = 0;
    std::string ca_file;  ///< PEM; empty = the system's store
    /// Non-zero ends a wait with `interrupted`; once for each value, so that what was begun can still be finished. May
    /// be empty.
    std::function<int()> signalled;
    std::string name{};  ///< that the certificate must carry; empty = `host`
};

/// Connects (each address of the host in turn). Implemented with Poco::Net in a module of its own that is loaded at the
/// first call, so that commands which send nothing do not pay for it. Throws WireError when no address answers, Error
/// UNAVAILABLE when the module is missing.
std::unique_ptr<Wire> connect_wire(const WireTarget& target, Wire::Deadline deadline);

}  // namespace pwreset

/// The door of the module pwreset-net.so; the caller owns the wire. Throws WireError.
extern "C" pwreset::Wire* pwreset_connect_wire(const pwreset::WireTarget& target, pwreset::Wire::Deadline deadline);
