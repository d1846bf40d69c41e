// The real world behind Env: terminal, clock, randomness, signals, relay.
#pragma once

#include "src/base/env.h"

namespace pwreset {

/// No core dumps, no debugger of the same user, private files, open standard streams, signals noted instead of dying;
/// under sudo, nothing of the caller's environment but what is harmless. First thing in main.
void harden_process();
/// The seams as they are in production.
Env real_world();

}  // namespace pwreset
