#include "cmd/misread_words.h"

#include <algorithm>
#include <string_view>

#include "src/base/ascii.h"
#include "src/base/error.h"

namespace pwreset {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr const char* empty_variable = "an empty variable? leave it out, or write what it should hold";

/// "--x" or "-x"; not "-", which stands for standard input, and no number below zero.
bool begins_like_option(std::string_view word) {
    return word.starts_with("--") || (word.size() > 1 && word[0] == '-' && is_letter(word[1]));
}

/// Nothing but blanks: "$FIRST $LAST" of two empty variables.
bool is_empty(std::string_view text) { return text.find_first_not_of(blanks) == text.npos; }

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The forms in which an account or a delivery is named, as a word of its own. Digits alone are a ticket as well.
bool looks_like_identity(std::string_view word) {
    for (const std::string_view prefix : {"id:", "login:", "ref:"}) {
        if (word.starts_with(prefix)) return true;
    }
    if (word.find_first_of(blanks) != word.npos) return false;
    const auto at = word.find('@');
    const bool address = at != word.npos && at > 0 && word.find('.', at) != word.npos;
    const bool number =
        word.size() > 7 && word.starts_with('+') && word.find_first_not_of("+0123456789-./()") == word.npos;
    return address || number;
}

/// The commands that were named so far, the innermost first, the program last.
class Path {
public:
    explicit Path(const CommandWords& program) : commands_{&program} {}

    /// Goes on where the word names a command below.
    bool enter(const std::string& word) {
        for (const auto& below : commands_.front()->commands) {
            if (below.path.back() != word) continue;
            commands_.insert(commands_.begin(), &below);
            return true;
        }
        return false;
    }

    /// The option of this name: of the innermost command, else of those above. Null when there is none.
    const OptionWords* option(const std::string& name) const {
        for (const auto* command : commands_) {
            for (const auto& option : command->options) {
                if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return &option;
            }
        }
        return nullptr;
    }

    /// What an argument is called here.
    std::string argument() const {
        const auto& arguments = commands_.front()->arguments;
        return arguments.empty() ? "a word" : "'" + arguments.front().value + "'";
    }

    /// An identity less would go unnoticed here: there may be none, or several.
    bool may_lose_identity() const {
        const auto& arguments = commands_.front()->arguments;
        return std::any_of(arguments.begin(), arguments.end(),
                           [](const auto& argument) { return argument.may_lack && argument.choices.empty(); });
    }

private:
    std::vector<const CommandWords*> commands_;
};

void refuse_empty(const std::string& name, std::string_view text) {
    if (is_empty(text)) throw usage_error("'" + name + "' is given an empty text", empty_variable);
}

/// The word that follows an option, which is its value.
void check_value(const Path& path, const OptionWords& option, const std::string& name, const std::string& value) {
    refuse_empty(name, value);
    // The word itself is not repeated: it may be a code that was typed where it does not belong.
    const auto refuse = [&](const char* what) {
        return usage_error("'" + name + "' is followed by " + what + " instead of its value",
                           "an empty variable? if it is meant, write '" + name + "=' and the value in one word");
    };
    if (begins_like_option(value)) throw refuse("an option");
    const bool missed = option.takes_anything && path.may_lose_identity();
    if (missed && looks_like_identity(trimmed(value))) throw refuse("an identity");
}

/// A word that begins like an option, and the one behind it, if there is one. Answers whether that is its value.
bool check_option(const Path& path, const std::string& word, const std::string* next) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto* option = path.option(name);
    if (!option) return false;
    const bool attached = equals != word.npos;
    if (option->value.empty()) {
        if (attached) throw usage_error("'" + name + "' takes no value", "write it alone, or leave it out");
        return false;
    }
    if (attached) refuse_empty(name, std::string_view(word).substr(equals + 1));
    if (attached || !next) return false;
    check_value(path, *option, name, *next);
    return true;
}

}  // namespace

void refuse_misread(const CommandWords& program, const std::vector<std::string>& arguments) {
    Path path(program);
    bool options = true;  // until "--"
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (is_empty(word)) throw usage_error(path.argument() + " is given as an empty text", empty_variable);
        if (!options) continue;
        options = word != "--";
        if (begins_like_option(word)) {
            if (check_option(path, word, i + 1 < arguments.size() ? &arguments[i + 1] : nullptr)) ++i;
        } else {
            path.enter(word);
        }
    }
}

}  // namespace pwreset
