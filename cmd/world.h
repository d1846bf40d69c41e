// The real world behind Env: terminal, clock, randomness, signals, relay.
#pragma once

#include "src/env.h"

namespace pwreset {

/// No core dumps, no debugger of the same user, private files, signals noted instead of dying; first thing in main.
void harden_process();
/// The seams as they are in production.
Env real_world();

}  // namespace pwreset
