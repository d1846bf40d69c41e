// The words of the command line: what completions are made of, and what arguments are held against.
#pragma once

#include <string>
#include <vector>

namespace pwreset {

struct OptionWords {
    std::vector<std::string> names;    ///< with their dashes: "-q", "--quiet"
    std::string value;                 ///< what follows, as --help names it ("FORMAT"); empty for a flag
    std::vector<std::string> choices;  ///< the values there are, when they are listed
    std::string about;
    bool takes_anything = false;  ///< of an option: nothing that is wrong with its text would show later
    bool may_lack = false;        ///< of an argument: there may be none, or several
};

struct CommandWords {
    std::vector<std::string> path;  ///< {"keys", "rotate"}; empty for the program itself
    std::string about;
    std::vector<OptionWords> options;    ///< its own; those of the program may follow it as well
    std::vector<OptionWords> arguments;  ///< the words without dashes; their name is in `value`
    std::vector<CommandWords> commands;  ///< those below this one
};

/// "keys rotate"; nothing for the program itself.
std::string words_of(const CommandWords& command, char separator = ' ');

}  // namespace pwreset
