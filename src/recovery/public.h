// `request --public`: a reset asked for by somebody nobody knows, through a web back end. Whoever asks must not learn
// whether there is an account, so nothing here looks: the answer is made of what was typed, and `deliver` does the rest
// (intake.h).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "src/account/identity.h"
#include "src/account/route.h"
#include "src/context.h"

namespace pwreset {

/// What a web back end says, as cmd/public_call.h reads it.
struct PublicCall {
    std::string identity;  ///< as typed
    std::optional<std::string> captcha_token;
    bool caller_authenticated = false;  ///< somebody is signed in: he has no password to recover
    std::optional<std::string> locale;
    std::optional<std::string> client;  ///< whom the back end saw, in words of its own: for the audit trail
};

/// Asks the captcha's service about a token (empty where none was given). Throws Error CAPTCHA_FAILED or UNAVAILABLE.
/// Empty where no captcha is configured.
using CaptchaCheck = std::function<void(const std::string& token)>;

/// Reads an identity from outside: an address or a phone number, never `id:42` or `login:bob`, which could be counted
/// through. Throws Error INVALID_IDENTITY.
Identity parse_public_identity(const std::string& typed, const Config& config);
/// What the identity gets, if there is an account: by its syntax and the configuration alone.
Route public_route(const Identity& identity, const Config& config);

/// Checks the captcha, takes the limits of the identity, and keeps the identity for `deliver`, with an audit row: the
/// users table is not read. Throws Error INVALID_IDENTITY, FORBIDDEN (somebody is signed in), CAPTCHA_FAILED,
/// RATE_LIMITED, UNAVAILABLE, CONFIG (the link would silence the application's own form, which was not accepted).
Route take_in(Context& context, const PublicCall& call, const CaptchaCheck& captcha);
/// Records a call that was not taken in; `call` as far as it could be read.
void record_refused(Context& context, const PublicCall& call, const Error& error);

}  // namespace pwreset
