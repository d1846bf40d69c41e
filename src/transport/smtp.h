// The SMTP conversation (RFC 5321) over a Wire: pure protocol, so it is tested and fuzzed without a socket.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/secret.h"
#include "src/mail/relay.h"
#include "src/net/wire.h"
#include "src/transport/transport.h"

namespace pwreset {

/// One reply of the server.
struct SmtpReply {
    int code = 0;                    ///< 200 … 599
    std::string enhanced;            ///< "5.1.1" (RFC 3463), or empty
    std::vector<std::string> lines;  ///< text of each line, without the code
    /// "550 5.1.1 no such user": one printable line of at most 200 bytes.
    std::string summary() const;
};

/// Puts replies together from whatever pieces the network delivers. Limits: 1000 bytes a line, 100 lines a reply.
class ReplyParser {
public:
    /// Takes bytes; afterwards replies() may have grown. Throws WireError `broken` on anything that is no reply.
    void feed(std::string_view bytes);
    bool has_reply() const { return !replies_.empty(); }
    SmtpReply take_reply();
    /// True when bytes or replies are waiting: fatal right after STARTTLS (response injection).
    bool has_leftovers() const { return !replies_.empty() || !line_.empty() || !partial_.lines.empty(); }

private:
    void end_line();
    std::string line_;
    SmtpReply partial_;
    std::vector<SmtpReply> replies_;
};

/// Opens a relay over a connected wire: greeting, EHLO, STARTTLS where configured (never without), AUTH PLAIN or LOGIN
/// where a user is configured (never over plain text unless tls = off). Throws Error UNAVAILABLE with the relay's words
/// otherwise.
std::unique_ptr<Transport> open_smtp(const RelayConfig& config, std::unique_ptr<Wire> wire);

/// The same with a connection of its own, to the host and port of the configuration; `signalled` as in WireTarget.
/// Throws Error UNAVAILABLE, also when nobody answers.
std::unique_ptr<Transport> connect_smtp(const RelayConfig& config, std::function<int()> signalled);

/// The message as it goes over the wire after DATA: line ends made CRLF (bare CR and bare LF too), leading dots
/// doubled, ended by CRLF.CRLF. In a wiped buffer.
Secret dot_stuffed(const Secret& message);

}  // namespace pwreset
