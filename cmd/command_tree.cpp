#include "cmd/command_tree.h"

#include <CLI/CLI.hpp>

namespace pwreset {

namespace {

/// "table", "json" out of "x not in {table,json}".
std::vector<std::string> listed(const std::string& refusal) {
    const auto open = refusal.find(" not in {");
    const auto close = refusal.rfind('}');
    if (open == refusal.npos || close == refusal.npos) return {};
    return CLI::detail::split(refusal.substr(open + 9, close - open - 9), ',');
}

/// The values that CLI::IsMember knows. It keeps them to itself, but names them when it refuses one.
std::vector<std::string> choices_of(CLI::Option& option) {
    try {
        std::string none;
        return listed((*option.get_validator(0))(none));
    } catch (const CLI::OptionNotFound&) {
        return {};
    }
}

OptionWords option_words(CLI::Option& option) {
    OptionWords words;
    for (const auto& name : option.get_snames()) words.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) words.names.push_back("--" + name);
    const bool takes_value = option.get_items_expected_max() > 0;
    if (option.get_positional()) words.value = option.get_name(true);
    if (!option.get_positional() && takes_value) words.value = option.get_type_name();
    if (takes_value) words.choices = choices_of(option);
    words.about = option.get_description();
    return words;
}

CommandWords command_words(CLI::App& app, std::vector<std::string> path) {
    CommandWords words;
    words.about = app.get_description();
    for (auto* option : app.get_options()) {
        // Every command has --help, but it is the program's.
        if (option == app.get_help_ptr() && !path.empty()) continue;
        auto& list = option->get_positional() ? words.arguments : words.options;
        list.push_back(option_words(*option));
    }
    for (auto* below : app.get_subcommands(nullptr)) {
        auto further = path;
        further.push_back(below->get_name());
        words.commands.push_back(command_words(*below, std::move(further)));
    }
    words.path = std::move(path);
    return words;
}

}  // namespace

std::string words_of(const CommandWords& command, char separator) {
    std::string text;
    for (const auto& word : command.path) text += (text.empty() ? "" : std::string(1, separator)) + word;
    return text;
}

CommandWords command_tree(CLI::App& program) { return command_words(program, {}); }

}  // namespace pwreset
