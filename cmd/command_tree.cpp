#include "cmd/command_tree.h"

namespace pwreset {

std::string words_of(const CommandWords& command, char separator) {
    std::string text;
    for (const auto& word : command.path) text += (text.empty() ? "" : std::string(1, separator)) + word;
    return text;
}

}  // namespace pwreset
