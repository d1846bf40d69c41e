// The way out: the relay, greeted and left without a message, or the folder that stands for it.
#pragma once

#include "src/base/env.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Opens the relay (TLS verified, logged in) and closes it; of a maildir, only looks whether it can be written. Throws
/// Error UNAVAILABLE with the relay's words.
Checks check_mail(const Env& env, const Config& config);

}  // namespace pwreset
