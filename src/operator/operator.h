// Who runs pwreset, and what that person or job may do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/base/capability.h"
#include "src/base/env.h"
#include "src/config/config.h"

namespace pwreset {

/// The system user that owns configuration, keys and logins, and as whom cron and services run.
constexpr const char* service_user = "pwreset";

/// Bytes that a login name may have to stand in our tables.
constexpr std::size_t longest_operator_name = 255;

/// The person or job at the keyboard.
struct Operator {
    /// Login name as the directory has it ('anna.k@corp.example', 'CORP\anna'); "uid:1007" when there is none, or one
    /// that nobody could write down: not UTF-8, with control characters, or too long.
    std::string name;
    uid_t uid = 0;
    std::optional<std::string> login_uid;  ///< who logged in, whatever sudo says since; from /proc/self/loginuid
    std::vector<std::string> groups;
};

/// SUDO_UID counts only where the real uid is root's or pwreset's own: anybody else may have set it himself.
Operator find_operator(const Env& env);
/// Whether the configuration gives the operator this capability. Without [operators]: to the owner of the configuration
/// file, and root.
bool may(Capability capability, const Operator& who, const Config& config);
/// Throws Error FORBIDDEN unless he may.
void require(Capability capability, const Operator& who, const Config& config);

}  // namespace pwreset
