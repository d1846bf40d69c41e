// The web services of the configuration, and the way to them: the gateway for text messages, the captcha service, a
// proxy.
#pragma once

#include "db/own/text_messages.h"
#include "db/session.h"
#include "src/base/env.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Whether the proxy is there for anything. Whether it opens the way shows with the services.
Checks check_proxy(const Config& config);
/// Connects to the gateway, through the proxy if there is one (TLS verified), and hangs up: nothing is sent. Throws
/// Error UNAVAILABLE.
Checks check_gateway(const Env& env, const Config& config);
/// Whether text messages are stopped because hardly any code of theirs is used.
Checks check_sms_alarm(db::Session& session, const Config& config);
/// Asks about a token that nobody has: a service that knows our secret refuses it. Throws Error UNAVAILABLE or CONFIG.
Checks check_captcha_service(const Env& env, const CaptchaConfig& config);

}  // namespace pwreset
