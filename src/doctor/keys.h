// The key files: there, ours alone, and unlike each other.
#pragma once

#include "db/session.h"
#include "src/base/env.h"
#include "src/config/config.h"
#include "src/doctor/check.h"
#include "src/keys/keyring.h"

namespace pwreset {

/// Throws Error CONFIG where the files cannot be read or trusted.
Checks check_keys(const Env& env, const Config& config);
/// Whether the files hold the keys that are recorded as current. Throws Error CONFIG where they do not.
Checks check_recorded_keys(const Env& env, db::Session& session, const Config& config);
/// A problem when the two rings share a key: application.key is handed to the application, which could then forge audit
/// rows. Nothing otherwise.
Checks judge_shared_keys(const Keys& keys);

}  // namespace pwreset
