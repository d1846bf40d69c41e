// Who may do what, against who there is on this host.
#pragma once

#include "src/apps/profile.h"
#include "src/base/env.h"
#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Whether the groups and users of [operators] exist here, and those can work who have to.
Checks check_operators(const Env& env, const Config& config);

/// Where web back ends may ask for links: whether a link would silence the application's own form, unaccepted.
Checks judge_silenced_form(const Config& config, const Profile& profile);

}  // namespace pwreset
