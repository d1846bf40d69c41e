// The program, apart from its process: arguments in, exit code out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cmd/command_tree.h"
#include "src/base/capability.h"
#include "src/base/env.h"

namespace pwreset {

/// Runs one command line (without the program's name) and answers the exit code. Everything it says goes through `env`;
/// every failure ends here, as text and a number.
int run(Env& env, const std::vector<std::string>& arguments);
/// Everything that can be typed after the name of the program.
CommandWords program_words();
/// What each command asks for while no option asks for more, by its words: "keys rotate".
std::map<std::string, std::vector<Capability>> capabilities_of_commands();

}  // namespace pwreset
