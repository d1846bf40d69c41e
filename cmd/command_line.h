// What may be typed after the name of the program: options, arguments and commands, each bound to where it goes. The
// parser behind it is CLI11, whose header is dear: command_line.cpp alone includes it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/command_tree.h"
#include "src/base/error.h"

namespace CLI {
class App;
class Option;
class ParseError;
}  // namespace CLI

namespace pwreset {

/// Where a value goes that was given; what stood there stays when it is not. It outlives the parsing. A number is for
/// CommandLine::number() alone.
class Target {
public:
    Target(std::string& text);
    Target(std::optional<std::string>& text);
    Target(std::int64_t& number);
    Target(std::optional<std::int64_t>& number);
    Target(std::function<void(const std::string& text)> take);
    void take(const std::string& text) const { take_(text); }

private:
    std::function<void(const std::string&)> take_;
};

enum class Presence { required, optional };

/// The program, or one of its commands. Names of options are written as they are typed, the short one first:
/// "-q,--quiet". `value` is what --help calls the value, `about` its line there. Options of the program may stand after
/// a command too.
class CommandLine {
public:
    /// The program: `version` answers --version.
    CommandLine(const std::string& about, const std::string& version);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// A command below this one, which keeps it.
    CommandLine& command(const std::string& name, const std::string& about);
    /// One of the commands below has to be named.
    void require_command();

    void flag(const std::string& names, bool& target, const std::string& about);
    void flag(const std::string& names, std::function<void()> given, const std::string& about);
    void text(const std::string& names, const Target& target, const std::string& value, const std::string& about);
    /// A text that nobody looks into: an identity by itself is taken for it only in one word with the name.
    void free_text(const std::string& names, const Target& target, const std::string& value, const std::string& about);
    void choice(const std::string& names, const Target& target, const std::string& value,
                std::vector<std::string> choices, const std::string& about);
    /// A whole number from 0 on, in decimal digits.
    void number(const std::string& names, const Target& target, const std::string& value, const std::string& about);

    /// A word without dashes.
    void argument(const std::string& name, const Target& target, Presence presence, const std::string& about,
                  const std::string& value = "TEXT");
    void argument_choice(const std::string& name, const Target& target, Presence presence, const std::string& value,
                         std::vector<std::string> choices, const std::string& about);
    /// Any number of words; at least one where they are required.
    void arguments(const std::string& name, std::vector<std::string>& target, Presence presence,
                   const std::string& about);
    /// Called when all words are read and this command was named; it may throw Error.
    void check(std::function<void()> checked);

    /// Reads the arguments of the program (without its name) into the targets. Returns what --help or --version
    /// answers, if one of them was asked for. Throws Error USAGE, also for what misread_words.h knows.
    std::optional<std::string> read(const std::vector<std::string>& arguments);
    /// Whether this command was named.
    bool named() const;
    /// Names of the options and arguments of this command that were given, in the order in which they were bound:
    /// "--quiet", "IDENTITY".
    std::vector<std::string> given() const;

    /// The program or command above; null for the program.
    const CommandLine* parent() const { return parent_; }
    /// The words that name the command: "keys rotate"; nothing for the program.
    std::string words() const { return words_of(tree_); }
    /// Everything that can be typed after the words of this command.
    CommandWords tree() const;

private:
    CommandLine(CommandLine& parent, const std::string& name, const std::string& about);
    CLI::Option& bind(const std::string& names, const Target& target, const std::string& about);
    const CommandLine& innermost() const;
    Error no_such_command(const std::string& word) const;
    Error fault_of(const CLI::ParseError& fault) const;

    CommandLine* parent_ = nullptr;
    std::unique_ptr<CLI::App> program_;  ///< of the program alone: it keeps the parsers of the commands
    CLI::App* app_;
    CommandWords tree_;  ///< without the commands below
    std::vector<std::unique_ptr<CommandLine>> commands_;
};

/// Throws Error USAGE for an argument that must be there, in this case.
[[noreturn]] void refuse_missing(const std::string& name);

}  // namespace pwreset
