// Ending early because the operator or the system asked for it.
#pragma once

#include <csignal>
#include <string>

#include "src/base/error.h"
#include "src/env.h"

namespace pwreset {

/// Throws Error INTERRUPTED (130 for SIGINT, 143 for SIGTERM) once a signal has come; `state` says what is done and
/// what is not.
inline void stop_when_signalled(const Env& env, const std::string& state) {
    const int signal = env.signalled();
    if (signal == 0) return;
    const bool terminated = signal == SIGTERM;
    throw Error(terminated ? Exit::terminated : Exit::interrupted, "INTERRUPTED",
                std::string("stopped by ") + (terminated ? "SIGTERM" : "SIGINT") + ": " + state);
}

}  // namespace pwreset
