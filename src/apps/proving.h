// What was made for an account is read as the application would before it is mailed (SPEC §8.7).
#pragma once

#include "src/apps/application.h"

namespace pwreset {

constexpr Seconds longest_life{24 * 3600};  ///< of any link, whatever a profile makes of its clocks

/// Of a link that proves itself by the account, `known`: nothing could be taken away of it later. Throws Error CONFIG
/// where it would not be taken, tells no time, or would be taken a day later.
void prove_mailed(const Profile& profile, const MintedLink& minted, Values known, Time now);

}  // namespace pwreset
