// The key files: there, ours alone, and unlike each other.
#pragma once

#include "src/config.h"
#include "src/doctor/check.h"
#include "src/env.h"
#include "src/token/keyring.h"

namespace pwreset {

/// Throws Error CONFIG where the files cannot be read or trusted.
Checks check_keys(const Env& env, const Config& config);
/// A problem when the two rings share a key: application.key is handed to the application, which could then forge audit
/// rows. Nothing otherwise.
Checks judge_shared_keys(const Keys& keys);

}  // namespace pwreset
