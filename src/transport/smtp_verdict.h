// What a relay's refusal means: pure, from the step, the reply code, the enhanced code (RFC 3463) and, only where those
// say nothing, the words. The table of pwreset(1), "What a relay says", is this file's.
#pragma once

#include <cstddef>

#include "src/transport/smtp.h"
#include "src/transport/transport.h"

namespace pwreset {

/// What the relay was asked when it refused; `message` is the end of the text.
enum class Step { mail, rcpt, data, message };

/// The refusal, as a result with the relay's words. Only what is about the recipient is ever `permanent`, and only that
/// and a 4xx that names nothing counts as a try. `utf8`: SMTPUTF8 was asked for.
SendResult refusal_at(Step step, const SmtpReply& reply, bool utf8 = false);

/// A refusal that was not asked for: the relay has said before that it does not take such a mail.
SendResult not_offered(Concern concern, const std::string& words);

}  // namespace pwreset
