#include <string_view>

#include "cmd/completion_scripts.h"

namespace pwreset {

namespace {

// Within fish's single quotes a backslash escapes itself and the quote.
std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

void collect(const CommandWords& command, std::string& valued, std::string& paths) {
    for (const auto& option : command.options) {
        for (const auto& name : option.names) valued += option.value.empty() ? "" : " " + name;
    }
    for (const auto& below : command.commands) {
        paths += " " + fish_quoted(words_of(below));
        collect(below, valued, paths);
    }
}

std::string line_for(const CommandWords& command) {
    // The options of the program follow every command, its commands do not.
    const std::string condition = "__pwreset_at " + fish_quoted(words_of(command));
    return "complete -c pwreset -n " + fish_quoted(condition);
}

std::string choices_of(const OptionWords& option) {
    if (option.value == "NAME|FILE") return " -r -F -a '(__pwreset_configurations)'";
    if (option.value == "FILE") return " -r -F";
    if (option.value == "DIR") return " -x -a '(__fish_complete_directories)'";
    std::string words;
    for (const auto& choice : option.choices) words += (words.empty() ? "" : " ") + choice;
    return words.empty() ? " -x" : " -x -a " + fish_quoted(words);
}

void add_options(const CommandWords& command, std::string& out) {
    for (const auto& option : command.options) {
        out += command.path.empty() ? "complete -c pwreset" : line_for(command);
        for (const auto& name : option.names) {
            out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
        }
        if (!option.value.empty()) out += choices_of(option);
        out += " -d " + fish_quoted(option.about) + "\n";
    }
}

void add_command(const CommandWords& command, std::string& out) {
    add_options(command, out);
    for (const auto& argument : command.arguments) {
        if (!argument.choices.empty()) out += line_for(command) + choices_of(argument) + "\n";
    }
    for (const auto& below : command.commands) {
        out += line_for(command) + " -a " + below.path.back() + " -d " + fish_quoted(below.about) + "\n";
        add_command(below, out);
    }
}

}  // namespace

std::string fish_completion(const CommandWords& program) {
    std::string valued;
    std::string paths;
    std::string lines;
    collect(program, valued, paths);
    add_command(program, lines);
    return "# fish completion for pwreset; made by \"pwreset completion fish\"\n"
           "function __pwreset_configurations\n"
           "    for file in /etc/pwreset/*.toml\n"
           "        string replace -r '.*/(.*)\\.toml$' '$1' -- $file\n"
           "    end\n"
           "end\n"
           "# True when the command that was typed so far is the one given.\n"
           "function __pwreset_at\n"
           "    set -l path\n"
           "    set -l value_follows 0\n"
           "    for word in (commandline -opc)[2..-1]\n"
           "        if test $value_follows = 1\n"
           "            set value_follows 0\n"
           "        else if contains -- $word" +
           valued +
           "\n"
           "            set value_follows 1\n"
           "        else if contains -- (string join ' ' $path $word)" +
           paths +
           "\n"
           "            set -a path $word\n"
           "        end\n"
           "    end\n"
           "    test \"$path\" = \"$argv[1]\"\n"
           "end\n"
           "complete -c pwreset -f\n" +
           lines;
}

}  // namespace pwreset
