// The login at a relay (RFC 4954): PLAIN or LOGIN with a password, OAUTHBEARER or XOAUTH2 with a token.
#pragma once

#include "src/mail/relay.h"
#include "src/transport/smtp_dialogue.h"

namespace pwreset {

/// Logs in as configured, by the first way that is offered and taken; does nothing without a user. A token is read from
/// its file now. Throws WireError, or Error UNAVAILABLE that holds nothing of the password or token; of a login
/// that was not taken it is a LoginRefused.
void log_in(SmtpDialogue& dialogue, const SmtpExtensions& offered, const RelayConfig& config);

}  // namespace pwreset
