// Text messages through an HTTP gateway that the configuration describes: the request from its templates, the answer
// judged by its words. A message whose fate is unknown is never sent a second time.
#pragma once

#include <functional>
#include <memory>

#include "src/config/sms.h"
#include "src/net/http.h"
#include "src/transport/transport.h"

namespace pwreset {

/// Connects, so that nothing is minted for a gateway that is away. Each message has a connection of its own: the first
/// one this, if it follows at once; so usable() is always true, and alive() connects anew. To send(), the recipient is
/// a number in E.164 form and the message is the text. `config` must outlive it; `signalled` as in WireTarget. Throws
/// Error UNAVAILABLE.
std::unique_ptr<Transport> open_gateway(const SmsConfig& config, std::function<int()> signalled,
                                        WireConnector connect = connect_wire);

/// The request for one message. The reference may be empty.
HttpRequest sms_request(const SmsConfig& config, const Envelope& envelope, const Secret& text);

/// What the gateway's answer means, or that there was none. `answer` holds status, word (of plain text the first) and
/// message id, and nothing else of what the gateway said.
///  - Not sent, and nothing has left: temporary.
///  - A word or a status that is listed: what it is listed as.
///  - Else 4xx: temporary and counted, for the request was refused.
///  - Everything else (cut off, late, not the expected JSON, a redirect, 5xx): unknown. It may have been sent.
SendResult judged(const SmsAnswerConfig& config, const HttpOutcome& outcome);

}  // namespace pwreset
