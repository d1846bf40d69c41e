// Completion scripts, one function a shell. They name what the program's parser names, so they never fall behind it.
#pragma once

#include <string>

#include "cmd/command_tree.h"

namespace pwreset {

/// For bash 4 or later; loaded from /usr/share/bash-completion/completions/pwreset.
std::string bash_completion(const CommandWords& program);
/// For zsh; a function file `_pwreset` in a folder of $fpath.
std::string zsh_completion(const CommandWords& program);
/// For fish; loaded from /usr/share/fish/vendor_completions.d/pwreset.fish.
std::string fish_completion(const CommandWords& program);

}  // namespace pwreset
