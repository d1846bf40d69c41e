// Who may do what, against who there is on this host.
#pragma once

#include "src/base/env.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Whether the groups and users of [operators] exist here, and those can work who have to.
Checks check_operators(const Env& env, const Config& config);

}  // namespace pwreset
