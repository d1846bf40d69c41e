// Who runs pwreset, and what that person or job may do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/capability.h"
#include "src/base/env.h"
#include "src/config/config.h"

namespace pwreset {

/// The person or job at the keyboard.
struct Operator {
    std::string name;  ///< login name, or "uid:1007" when there is none
    uid_t uid = 0;
    std::optional<std::string> login_uid;  ///< who logged in, whatever sudo says since; from /proc/self/loginuid
    std::vector<std::string> groups;
};

/// True when the person at the terminal is not the one whose files we may read: setuid, or sudo to another user. Then
/// that person chooses no file. Root is no other user: who became root may read every file anyway.
bool acts_for_another(const Env& env);
/// SUDO_UID counts only where the real uid is root's or pwreset's own: anybody else may have set it himself.
Operator find_operator(const Env& env);
/// Throws Error FORBIDDEN unless the configuration gives the operator this capability. Without [operators]: the owner
/// of the configuration file, and root.
void require(Capability capability, const Operator& who, const Config& config);

}  // namespace pwreset
