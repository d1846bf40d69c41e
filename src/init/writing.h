// The files that `init` makes: all of them or none, and never in the place of another.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/base/secret.h"

namespace pwreset {

struct NewFile {
    std::filesystem::path path;
    Secret content;
    /// Whose it becomes where we are root and the system has a user "pwreset": the configuration is root's for that
    /// group to read, a secret the user's own; what only administrators need stays root's.
    enum class For { everybody, pwreset, administrators } whose = For::pwreset;
};

/// Writes them, mode 0600, in their order. Throws Error CONFIG where one is there already, IO_ERROR where one cannot be
/// written: then none of them stays. With `to_pwreset` they are given to the system's user.
void write_new_files(const std::vector<NewFile>& files, bool to_pwreset);
/// Throws Error CONFIG for the first that is there already.
void refuse_existing(const std::vector<std::filesystem::path>& files);
/// Whether the system has a user "pwreset", as Debian's package makes it.
bool has_system_user();

}  // namespace pwreset
