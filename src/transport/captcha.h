// Asks Cloudflare's Turnstile whether a visitor has passed: its siteverify, described at
// developers.cloudflare.com/turnstile/get-started/server-side-validation. Whatever is not a clear yes is a no.
#pragma once

#include <string_view>

#include "src/base/env.h"
#include "src/config/captcha.h"

namespace pwreset {

constexpr std::size_t longest_captcha_token = 2048;  ///< bytes, by Turnstile's documentation

/// Returns when the token is good, which then is spent. Throws Error CAPTCHA_FAILED when it is not (wrong, too old,
/// used before, for another host or action, or too long to be asked about), UNAVAILABLE when the service gives no
/// answer that can be understood, CONFIG when it does not know our secret, INTERRUPTED after a signal.
void check_captcha(const Env& env, const CaptchaConfig& config, std::string_view token);

}  // namespace pwreset
