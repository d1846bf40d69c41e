// The SMTP conversation one line at a time: commands out, replies in, each with its deadline; and how it is opened.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "src/mail/relay.h"
#include "src/net/wire.h"
#include "src/transport/smtp.h"

namespace pwreset {

/// What the relay's answer to EHLO offers, as far as we use it.
struct SmtpExtensions {
    bool starttls = false;
    bool pipelining = false;
    bool size = false;
    bool smtputf8 = false;
    bool auth_plain = false;
    bool auth_login = false;
    bool auth_oauthbearer = false;
    bool auth_xoauth2 = false;
    std::size_t largest = 0;  ///< bytes of a mail; 0 = no limit told
    int mails = 0;            ///< of a connection (RFC 9422); 0 = no limit told
};

/// Reads the keywords of an EHLO reply: whole words only, in any case; the first line is the relay's name.
SmtpExtensions read_extensions(const SmtpReply& ehlo);

/// A wire with the reply parser at its end. Every call throws WireError when the connection fails.
class SmtpDialogue {
public:
    SmtpDialogue(std::unique_ptr<Wire> wire, Seconds timeout) : wire_(std::move(wire)), timeout_(timeout) {}

    /// Sends bytes as they are: whole lines, ended by CRLF.
    void write(std::string_view lines) { wire_->write(lines, deadline()); }
    /// The next reply, in the time the configuration gives each answer.
    SmtpReply reply() { return reply(deadline()); }
    SmtpReply reply(Wire::Deadline deadline);
    /// Sends one command and waits for its reply. Throws Error INTERNAL_ERROR on a line break inside it.
    SmtpReply ask(std::string_view command);
    /// True when the relay has said more than it was asked.
    bool has_leftovers() const { return parser_.has_leftovers(); }
    void start_tls() { wire_->start_tls(deadline()); }
    /// Says goodbye and gives the relay a moment to answer; never throws.
    void quit() noexcept;

private:
    Wire::Deadline deadline() const { return std::chrono::steady_clock::now() + timeout_; }

    std::unique_ptr<Wire> wire_;
    Seconds timeout_;
    ReplyParser parser_;
};

/// The command as a line. Throws Error INTERNAL_ERROR on CR, LF or NUL inside it: no argument ever becomes a command.
std::string command_line(std::string_view command);

/// Greeting, EHLO, TLS and login as configured. Throws WireError, or Error UNAVAILABLE with the relay's words.
SmtpExtensions open_dialogue(SmtpDialogue& dialogue, const RelayConfig& config);

}  // namespace pwreset
