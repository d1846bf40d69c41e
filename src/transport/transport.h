// What every way of sending a message has in common: hand it over, say what became of it.
#pragma once

#include <cstddef>
#include <string>

#include "src/base/secret.h"

namespace pwreset {

/// Who it is from and to, outside the message itself. Addresses were checked by account/identity.
struct Envelope {
    std::string sender;       ///< return path; empty means the null sender
    std::string recipient;    ///< exactly one: a second recipient would read somebody's secret
    std::string reference{};  ///< of the delivery, for a gateway that keeps a number of ours; may be empty
};

enum class Verdict {
    accepted,   ///< the relay took responsibility
    temporary,  ///< 4xx or a broken connection before the end of the message: try again
    permanent,  ///< 5xx: it will never work
    unknown,    ///< the connection broke after the final dot: it may have arrived
};

constexpr std::size_t longest_answer =
    200;  ///< bytes of a relay's words that are kept; our columns hold 255 characters

struct SendResult {
    Verdict verdict = Verdict::temporary;
    bool counts = false;  ///< a temporary failure that uses up one of the eight tries (RCPT and DATA do, MAIL does not)
    std::string answer;   ///< the relay's own words, made printable, cut to longest_answer ("250 2.0.0 queued as 4F2A")
};

/// One open connection (or folder). Not shared between threads.
class Transport {
public:
    virtual ~Transport() = default;
    /// Sends one finished message, with CRLF line ends. Never throws for what the relay says or does; the verdict
    /// tells.
    virtual SendResult send(const Envelope& envelope, const Secret& message) = 0;
    /// Says to whom the message after the next send() goes, so that the relay can be asked about it in the same round
    /// trip (half the time of each mail). To be called before that send(), and only when the next message is sure to
    /// follow: if it does not, the connection is given up, and nothing is sent to anybody. Without a call each message
    /// waits for its own answers.
    virtual void announce(const Envelope&) {}
    /// False once the connection is broken: open another.
    virtual bool usable() const = 0;
    /// Asks the other end whether it is still there; afterwards usable() tells it too. Never throws.
    virtual bool alive() { return usable(); }
    /// Who took the message, for people: the relay's host name, or "maildir".
    virtual std::string name() const = 0;
};

}  // namespace pwreset
