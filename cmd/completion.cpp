#include <memory>
#include <ostream>

#include "cmd/command.h"
#include "cmd/completion_scripts.h"

namespace pwreset {

namespace {

void run_completion(const CommandLine& program, const std::string& shell, Stage& stage) {
    const CommandWords words = program.tree();
    if (shell == "bash") stage.env.out << bash_completion(words);
    if (shell == "zsh") stage.env.out << zsh_completion(words);
    if (shell == "fish") stage.env.out << fish_completion(words);
}

}  // namespace

Command completion_command(CommandLine& parent) {
    auto shell = std::make_shared<std::string>();
    auto& line = parent.command("completion", "print a script that completes command lines in a shell");
    line.argument_choice("SHELL", *shell, Presence::required, "", {"bash", "zsh", "fish"}, "bash, zsh or fish");
    return {&line, Needs::nothing, {}, [&parent, shell](Stage& stage) { run_completion(parent, *shell, stage); }};
}

}  // namespace pwreset
