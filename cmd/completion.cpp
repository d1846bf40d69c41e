#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cmd/command.h"
#include "cmd/completion_scripts.h"

namespace pwreset {

namespace {

void run_completion(CLI::App& program, const std::string& shell, Stage& stage) {
    const CommandWords words = command_tree(program);
    if (shell == "bash") stage.env.out << bash_completion(words);
    if (shell == "zsh") stage.env.out << zsh_completion(words);
    if (shell == "fish") stage.env.out << fish_completion(words);
}

}  // namespace

Command completion_command(CLI::App& parent) {
    auto shell = std::make_shared<std::string>();
    auto* app = parent.add_subcommand("completion", "print a script that completes command lines in a shell");
    app->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
        ->type_name("");
    return {app, Needs::nothing, {}, [&parent, shell](Stage& stage) { run_completion(parent, *shell, stage); }};
}

}  // namespace pwreset
