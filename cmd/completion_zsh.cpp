#include <string_view>

#include "cmd/completion_scripts.h"

namespace pwreset {

namespace {

/// Between single quotes; one of its own ends them for a moment.
std::string single_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// A description, in which _arguments(1) would take brackets and colons for its own.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("[]:\\").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string function_of(const CommandWords& command) {
    return command.path.empty() ? "_pwreset" : "_pwreset_" + words_of(command, '_');
}

/// What comes after an option or in the place of an argument: ":FORMAT:(table json)".
std::string value_of(const OptionWords& option) {
    std::string text = ":" + option.value + ":";
    if (option.value == "NAME|FILE") return text + "_pwreset_configurations";
    if (option.value == "FILE") return text + "_files";
    if (option.value == "DIR") return text + "_files -/";
    if (option.choices.empty()) return text + " ";
    text += "(";
    for (const auto& choice : option.choices) text += (text.back() == '(' ? "" : " ") + choice;
    return text + ")";
}

/// The quoted specifications of _arguments(1), one a line: '--output=[about]:FORMAT:(table json)'.
std::string specifications(const std::vector<OptionWords>& options) {
    std::string out;
    for (const auto& option : options) {
        const std::string value = option.value.empty() ? "" : value_of(option);
        for (const auto& name : option.names) {
            const char* equals = !value.empty() && name.starts_with("--") ? "=" : "";
            out += "        " + single_quoted(name + equals + "[" + escaped(option.about) + "]" + value) + "\n";
        }
    }
    return out;
}

void add_choice_of_commands(const CommandWords& command, std::string& out) {
    out +=
        "        '1: :->command' '*:: :->rest'\n    )\n    _arguments -C -S $specs && return\n    case $state in\n"
        "        command)\n            local -a commands=(\n";
    for (const auto& below : command.commands) {
        out += "                " + single_quoted(below.path.back() + ":" + escaped(below.about)) + "\n";
    }
    out +=
        "            )\n            _describe command commands\n            ;;\n        rest)\n            case "
        "$words[1] in\n";
    for (const auto& below : command.commands) {
        out += "                " + below.path.back() + ") " + function_of(below) + " ;;\n";
    }
    out += "            esac\n            ;;\n    esac\n}\n";
}

void add_function(const CommandWords& command, std::string& out) {
    for (const auto& below : command.commands) add_function(below, out);
    out += function_of(command) +
           "() {\n    local curcontext=$curcontext state line\n    typeset -A opt_args\n"
           "    local -a specs=(\n        $_pwreset_common\n";
    if (!command.path.empty()) out += specifications(command.options);
    if (!command.commands.empty()) return add_choice_of_commands(command, out);
    for (const auto& argument : command.arguments) out += "        '*" + value_of(argument) + "'\n";
    out += "    )\n    _arguments -S $specs\n}\n";
}

}  // namespace

std::string zsh_completion(const CommandWords& program) {
    std::string out =
        "#compdef pwreset\n# zsh completion for pwreset; made by \"pwreset completion zsh\"\n"
        "_pwreset_configurations() {\n    local -a names=(/etc/pwreset/*.toml(N:t:r))\n"
        "    compadd -a names\n    _files -g '*.toml'\n}\n"
        "typeset -ga _pwreset_common=(\n" +
        specifications(program.options) + ")\n";
    add_function(program, out);
    return out + "_pwreset \"$@\"\n";
}

}  // namespace pwreset
