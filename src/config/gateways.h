// The sections of the configuration that describe web services: [sms] and [captcha].
#pragma once

#include <optional>

#include "src/config/connections.h"
#include "src/config/gateway_config.h"
#include "src/config/reader.h"

namespace pwreset {

/// Nothing when the section is not there. Secrets stay empty when there is no `source`; no window of a budget is
/// longer than `longest`. Throws Error CONFIG.
std::optional<SmsConfig> read_sms(const ConfigText& text, const SecretSource* source, Seconds longest);
std::optional<CaptchaConfig> read_captcha(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
