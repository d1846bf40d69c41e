#include "cmd/completion_scripts.h"

namespace pwreset {

namespace {

std::string joined(const std::vector<std::string>& words, const char* separator) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : separator) + word;
    return text;
}

/// The names of a command's options, each for one branch of a `case`: "--config|--output".
void collect_valued(const CommandWords& command, std::string& names) {
    for (const auto& option : command.options) {
        if (option.value.empty()) continue;
        const std::string name = "'" + joined(option.names, "'|'") + "'";
        if (names.find(name) == names.npos) names += (names.empty() ? "" : "|") + name;
    }
    for (const auto& below : command.commands) collect_valued(below, names);
}

/// Branches "of which command": the word that was typed leads to the command below.
void add_steps(const CommandWords& command, std::string& out) {
    for (const auto& below : command.commands) {
        out +=
            "            '" + words_of(command) + ":" + below.path.back() + "') command='" + words_of(below) + "' ;;\n";
        add_steps(below, out);
    }
}

/// Branches "after which option": what may follow. The options of the program may follow every command.
void add_values(const CommandWords& command, std::string& out) {
    for (const auto& option : command.options) {
        if (option.value.empty()) continue;
        const std::string scope = command.path.empty() ? "*" : "'" + words_of(command) + "'";
        for (const auto& name : option.names)
            out += (&name == &option.names.front() ? "        " : "|") + scope + ":" + name;
        out += ") ";
        if (!option.choices.empty()) out += "offers=(" + joined(option.choices, " ") + ")";
        if (option.value == "NAME|FILE") out += "_pwreset_configurations";
        if (option.value == "FILE") out += "compopt -o default";
        if (option.value == "DIR") out += "compopt -o dirnames";
        out += " ;;\n";
    }
    for (const auto& below : command.commands) add_values(below, out);
}

/// Branches "at which command": its options, and the commands or words that may follow it.
void add_words(const CommandWords& command, std::string& out) {
    out += "        '" + words_of(command) + "') offers+=(";
    std::string words;
    for (const auto& below : command.commands) words += " " + below.path.back();
    for (const auto& argument : command.arguments)
        words += argument.choices.empty() ? "" : " " + joined(argument.choices, " ");
    if (!command.path.empty()) {
        for (const auto& option : command.options) words += " " + joined(option.names, " ");
    }
    out += (words.empty() ? words : words.substr(1)) + ") ;;\n";
    for (const auto& below : command.commands) add_words(below, out);
}

std::string common_options(const CommandWords& program) {
    std::string words;
    for (const auto& option : program.options) words += (words.empty() ? "" : " ") + joined(option.names, " ");
    return words;
}

// The names of files become words as they are, never through `compgen -W`, which would run a $(command) in them.
constexpr const char* configurations = R"(_pwreset_configurations() {
    local file name
    for file in /etc/pwreset/*.toml; do
        name=${file##*/}
        name=${name%.toml}
        [[ $name =~ ^[A-Za-z0-9._-]+$ ]] && offers+=("$name")
    done
    [[ $current == */* ]] && compopt -o default
}
)";

}  // namespace

std::string bash_completion(const CommandWords& program) {
    std::string valued;
    std::string steps;
    std::string values;
    std::string words;
    collect_valued(program, valued);
    add_steps(program, steps);
    add_values(program, values);
    add_words(program, words);
    return std::string("# bash completion for pwreset; made by \"pwreset completion bash\"\n") + configurations +
           R"(_pwreset() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command='' word i
    local -a offers=()
    # An equals sign is a word of its own: --output=json.
    if [[ $current == = ]]; then
        current=''
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            )" +
           valued +
           R"()
                [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))
                ((i++))
                continue
                ;;
        esac
        case $command:$word in
)" + steps +
           R"(        esac
    done
    COMPREPLY=()
    case $command:$previous in
)" + values +
           R"(        *) _pwreset_words ;;
    esac
    for word in "${offers[@]}"; do
        [[ $word == "$current"* ]] && COMPREPLY+=("$word")
    done
}
_pwreset_words() {
    offers=()" +
           common_options(program) + R"()
    case $command in
)" + words +
           R"(    esac
    [[ $current == -* ]] && return
    # Options only where one is begun: the commands are what people look for.
    for i in "${!offers[@]}"; do
        [[ ${offers[i]} == -* ]] && unset "offers[i]"
    done
}
complete -F _pwreset pwreset
)";
}

}  // namespace pwreset
