// What every way of sending a message has in common: hand it over, say what became of it.
#pragma once

#include <climits>
#include <cstddef>
#include <optional>
#include <string>

#include "src/base/concern.h"
#include "src/base/error.h"
#include "src/base/secret.h"
#include "src/base/time.h"

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
    /// Of a refusal, what it is about; nothing for a broken connection and where no relay judges (a gateway, a folder).
    std::optional<Concern> concern{};
    /// Every other mail would be told the same, so the rest had better wait. Where it is not sure, several in a row
    /// tell.
    bool concerns_all = false;
    /// A `permanent` without a code of its own: it counts only from a relay that has taken a recipient before.
    bool needs_proof = false;
    bool asked = true;            ///< false: the other end was told nothing of this message, so it is not to blame
    bool took_recipient = false;  ///< the relay said yes to the recipient, whatever it said later
    std::optional<Seconds> retry_after{};  ///< the other end takes nothing more, from anybody, for so long
    bool connection_full = false;          ///< this connection takes no more; on another one the mail may go at once
};

/// What a relay says it takes, without a mail to anybody.
struct Rehearsal {
    bool smtputf8 = false;
    std::size_t largest = 0;              ///< bytes of a mail (RFC 1870); 0 = no limit told
    int mails = 0;                        ///< in a connection (RFC 9422); 0 = no limit told
    std::optional<SendResult> refusal{};  ///< of MAIL from the sender's address, or of RCPT to it
    bool at_recipient = false;            ///< the refusal came at RCPT
};

/// What opening a transport throws when the other end is there and does not take our login: another secret may help.
struct LoginRefused : Error {
    explicit LoginRefused(const Error& fault) : Error(fault) {}
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
    /// How many more messages this connection is good for.
    virtual int room() const { return INT_MAX; }
    /// Asks whether a mail from `sender` would be taken, by MAIL, RCPT (to that address itself) and RSET, and never
    /// DATA. Nothing where there is nobody to ask. Never throws for what the relay says.
    virtual std::optional<Rehearsal> rehearse(const std::string& sender) {
        static_cast<void>(sender);
        return {};
    }
    /// Who took the message, for people: the relay's host name, or "maildir".
    virtual std::string name() const = 0;
};

}  // namespace pwreset
