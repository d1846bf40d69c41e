// The way out: the relay, greeted, asked and left without a message, or the folder that stands for it.
#pragma once

#include "src/base/env.h"
#include "src/config/config.h"
#include "src/doctor/check.h"
#include "src/transport/transport.h"

namespace pwreset {

/// What the relay would take, and what it refused, before anybody is mailed. Pure.
Checks judge_rehearsal(const MailConfig& config, const Rehearsal& rehearsal);

/// Opens the relay (TLS verified, logged in), asks it for a mail from the sender to the sender, which is not sent, and
/// closes it; of a maildir, only looks whether it can be written. Throws Error UNAVAILABLE with the relay's words.
Checks check_mail(const Env& env, const Config& config);

}  // namespace pwreset
