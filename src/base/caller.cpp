#include "src/base/caller.h"

#include "src/base/env.h"

namespace pwreset {

bool acts_for_another(const Env& env) {
    if (env.uid != env.effective_uid) return true;
    if (env.effective_uid == 0) return false;
    const auto caller = env.variable("SUDO_UID");
    return caller && *caller != std::to_string(env.effective_uid);
}

}  // namespace pwreset
