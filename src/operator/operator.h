// Who runs pwreset, and what that person or job may do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/capability.h"
#include "src/base/env.h"
#include "src/config/config.h"

namespace pwreset {

/// The system user that owns configuration, keys and logins, and as whom cron and services run.
constexpr const char* service_user = "pwreset";

/// The person or job at the keyboard.
struct Operator {
    std::string name;  ///< login name, or "uid:1007" when there is none
    uid_t uid = 0;
    std::optional<std::string> login_uid;  ///< who logged in, whatever sudo says since; from /proc/self/loginuid
    std::vector<std::string> groups;
};

/// SUDO_UID counts only where the real uid is root's or pwreset's own: anybody else may have set it himself.
Operator find_operator(const Env& env);
/// Throws Error FORBIDDEN unless the configuration gives the operator this capability. Without [operators]: the owner
/// of the configuration file, and root.
void require(Capability capability, const Operator& who, const Config& config);

}  // namespace pwreset
