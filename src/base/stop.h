// Ending early because the operator or the system asked for it.
#pragma once

#include <csignal>
#include <string>

#include "src/base/env.h"
#include "src/base/error.h"

namespace pwreset {

/// INTERRUPTED (130 for SIGINT, 143 for SIGTERM); `state` says what is done and what is not.
inline Error interrupted_by(int signal, const std::string& state) {
    const bool terminated = signal == SIGTERM;
    return {terminated ? Exit::terminated : Exit::interrupted, "INTERRUPTED",
            std::string("stopped by ") + (terminated ? "SIGTERM" : "SIGINT") + ": " + state};
}

/// Throws that Error once a signal has come.
inline void stop_when_signalled(const Env& env, const std::string& state) {
    if (const int signal = env.signalled()) throw interrupted_by(signal, state);
}

}  // namespace pwreset
