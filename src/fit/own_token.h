// What shows on a site that profile, secrets and zone are right: a token that the application itself made for the test
// account, and a link of pwreset's that it took.
#pragma once

#include <string>

#include "src/base/grounds.h"
#include "src/base/secret.h"
#include "src/context.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Puts a link that the application has just mailed to the test account to the profile. Where it agrees that is written
/// down, and tokens are minted from now on; where not, whether it would with the other secret, digest or zone. Tells no
/// value. Recorded, ten times a day at most. Throws Error CONFIG without a test account, PROTECTED_ACCOUNT where it is
/// one of those, INVALID_INPUT where no link is in the text, RATE_LIMITED.
Checks check_own_token(Context& context, const Secret& pasted, const Grounds& grounds);

/// Whether the application took the link of a delivery to the test account, as far as it can be seen: another password
/// since, or nothing left of the token. Written down and recorded likewise. Throws Error NOT_FOUND, INVALID_IDENTITY.
Checks check_taken_link(Context& context, const std::string& reference, const Grounds& grounds);

}  // namespace pwreset
