#include "cmd/command_line.h"

#include <cstdlib>
#include <set>

#include "cmd/run.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

namespace pwreset {
namespace {

using Words = std::vector<std::string>;

/// A program with one option of each type, and commands with the kinds of arguments there are.
struct Program {
    CommandLine line{"about", "program 1"};
    bool quiet = false;
    std::string state;
    std::optional<std::string> reason, since, name;
    std::optional<std::int64_t> limit;
    Words several;
    std::string one;

    Program() {
        line.require_command();
        line.flag("-q,--quiet", quiet, "say less");
        line.free_text("--reason", reason, "TEXT", "why");
        line.text("--since", since, "WHEN", "from when on");
        line.text("--name", name, "NAME", "whose");
        line.choice("--state", state, "STATE", {"live", "used"}, "which");
        line.number("--limit", limit, "N", "how many");
        line.command("many", "takes any number").arguments("IDENTITY", several, Presence::optional, "whom");
        line.command("single", "takes one").argument("IDENTITY", one, Presence::required, "whom");
    }
};

/// What is said against the line; nothing when it is understood.
std::string refusal(Program& program, const Words& words) {
    try {
        program.line.read(words);
        return {};
    } catch (const Error& error) {
        CHECK(error.exit == Exit::usage);
        CHECK_FALSE(error.hint.empty());
        return error.message;
    }
}

std::string refusal(const Words& words) {
    Program program;
    return refusal(program, words);
}

TEST_CASE("an option without its text takes no identity for it") {
    const Words options{"--reason=", "--since=", "--name=", "--state=", "--limit="};
    for (const auto& option : options) {
        const std::string name = option.substr(0, option.size() - 1);
        CHECK(refusal({"many", option, "ana@example.com", "bob@example.com"}) ==
              "'" + name + "' is given an empty text");
        CHECK(refusal({option, "many", "ana@example.com"}) == "'" + name + "' is given an empty text");
        CHECK(refusal({"many", "ana@example.com", option}) == "'" + name + "' is given an empty text");
        for (const std::string text : {"", " ", "\t \n"}) {
            CHECK(refusal({"many", name, text, "ana@example.com"}) == "'" + name + "' is given an empty text");
            CHECK(refusal({"many", option + text, "ana@example.com"}) == "'" + name + "' is given an empty text");
        }
    }
}

TEST_CASE("an option is no value, unless it is written in one word with it") {
    CHECK(refusal({"many", "--reason", "--quiet", "a"}) == "'--reason' is followed by an option instead of its value");
    CHECK(refusal({"many", "--limit", "-q", "a"}) == "'--limit' is followed by an option instead of its value");
    CHECK(refusal({"many", "--reason", "--", "a"}) == "'--reason' is followed by an option instead of its value");
    Program program;
    CHECK(refusal(program, {"many", "--reason=--quiet", "--since", "- 5", "--name", "-"}).empty());
    CHECK(program.reason == "--quiet");
    CHECK(program.since == "- 5");
    CHECK(program.name == "-");
    CHECK_FALSE(program.quiet);
}

TEST_CASE("an identity is no free text where it would be missed") {
    for (const std::string word :
         {"ana@example.com", "mailto:ana@example.com", "id:42", "login:bob", "ref:7K3Q-M2", "+491701234567"}) {
        for (const std::string& pasted : {word, word + " ", " " + word + "\r"}) {
            CHECK(refusal({"many", "--reason", pasted, "bob@example.com"}) ==
                  "'--reason' is followed by an identity instead of its value");
        }
        Program program;
        CHECK(refusal(program, {"many", "--reason=" + word, "bob@example.com"}).empty());
        CHECK(program.reason == word);
        CHECK(program.several == Words{"bob@example.com"});
    }
}

TEST_CASE("a text about an identity, a ticket's number and a login are what they are") {
    for (const std::string text : {"asked by ana@example.com", "4702", "SUP@4702", "id", "@ana", "+1"}) {
        Program program;
        CHECK(refusal(program, {"many", "--reason", text, "--name", "tom@corp.example.com", "x"}).empty());
        CHECK(program.reason == text);
        CHECK(program.name == "tom@corp.example.com");
    }
    // One identity is missed by the parser: nothing has to be guessed.
    CHECK(refusal({"single", "--reason", "ana@example.com"}) == "IDENTITY is required");
    CHECK(refusal({"single", "--reason", "ana@example.com", "id:1"}).empty());
}

TEST_CASE("an empty argument is refused, behind two dashes too") {
    CHECK(refusal({"many", "a", "", "b"}) == "'IDENTITY' is given as an empty text");
    CHECK(refusal({"many", "a", " ", "b"}) == "'IDENTITY' is given as an empty text");
    CHECK(refusal({"many", "--", ""}) == "'IDENTITY' is given as an empty text");
    CHECK(refusal({"single", ""}) == "'IDENTITY' is given as an empty text");
    CHECK(refusal({""}) == "a word is given as an empty text");
}

TEST_CASE("a flag takes no value") {
    for (const std::string word : {"--quiet=", "--quiet=true", "--quiet=false", "-q=", "-q=x"})
        CHECK(refusal({"many", word, "a"}) == "'" + word.substr(0, word.find('=')) + "' takes no value");
}

TEST_CASE("texts and arguments in brackets are what was typed, and no lists") {
    for (const std::string text :
         {"[]", "[a]", "[a,b]", "[[a]]", "[[aa]]", "{}", "{a}", "%%", "\"a\"", "'a'", "[", "]"}) {
        Program program;
        CHECK(refusal(program, {"many", "--reason", text, "--since=" + text, text, "x", text}).empty());
        CHECK(program.reason == text);
        CHECK(program.since == text);
        CHECK(program.several == Words{text, "x", text});
        CHECK(refusal({"many", "--state", text}) == "--state: " + text + " not in {live,used}");
        CHECK(refusal({text}) == "there is no command '" + text + "'");
    }
}

TEST_CASE("a number is digits, and they are decimal") {
    for (const auto& [text, number] : {std::pair("0", 0L),
                                       {"7", 7L},
                                       {"010", 10L},
                                       {"000", 0L},
                                       {"0000000000000000000005", 5L},
                                       {"999999999999999999", 999999999999999999L}}) {
        Program program;
        CHECK(refusal(program, {"many", "--limit", text}).empty());
        CHECK(program.limit == number);
    }
    for (const std::string text : {"0x10",
                                   "1_000",
                                   "1e3",
                                   "+5",
                                   "-5",
                                   "5.0",
                                   "1,000",
                                   "1 000",
                                   " 5",
                                   "5 ",
                                   "0b1",
                                   "0o7",
                                   "true",
                                   "ten",
                                   "[5]",
                                   "[5,6]",
                                   "[]",
                                   "{}",
                                   "۵",
                                   "1000000000000000000",
                                   "9223372036854775808"})
        CHECK(refusal({"many", "--limit=" + text}) == "--limit: '" + text + "' is no number from 0 on");
}

TEST_CASE("an option that is given twice is refused") {
    CHECK_THAT(refusal({"many", "--reason", "a", "--reason", "b"}), ContainsSubstring("--reason: At Most 1"));
    CHECK_THAT(refusal({"many", "--limit=1", "--limit=2"}), ContainsSubstring("--limit: At Most 1"));
}

// --- all that the program has ----------------------------------------------------------------------------------------

/// What run() said, in JSON, and its exit code.
std::pair<int, std::string> answer(Words words) {
    FakeEnv world;
    words.insert(words.end(), {"--json", "--config=/nonexistent/pwreset.toml"});
    const int exit = run(world.env, words);
    return {exit, world.out.str()};
}

void refused(const std::string& name, const Words& words) {
    CAPTURE(words);
    const auto [exit, said] = answer(words);
    CHECK(exit == static_cast<int>(Exit::usage));
    CHECK_THAT(said, ContainsSubstring("\"code\":\"USAGE\""));
    CHECK_THAT(said, ContainsSubstring(name));
}

/// It goes as far as the configuration, which is not there; init, which makes one, past its words.
void understood(const Words& words) {
    CAPTURE(words);
    const int exit = answer(words).first;
    if (words.front() == "init")
        CHECK(exit != static_cast<int>(Exit::usage));
    else
        CHECK(exit == static_cast<int>(Exit::config));
}

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

enum class Type { flag, choice, number, text };

Type type_of(const OptionWords& option) {
    if (option.value.empty()) return Type::flag;
    if (!option.choices.empty()) return Type::choice;
    return option.value == "N" || option.names.back() == "--before" ? Type::number : Type::text;
}

/// Every way in which a shell hands over an option that is not what was meant.
void check_option(const Words& command, const OptionWords& option) {
    const Words identities{"ana@example.com", "bob@example.com"};
    for (const auto& name : option.names) {
        refused(name, with(command, with({name + "="}, identities)));
        if (type_of(option) == Type::flag) {
            for (const char* value : {"=true", "=false", "=0", "=[]"})
                refused(name, with(command, {name + value, "id:1"}));
            continue;
        }
        refused(name, with(command, with({name, ""}, identities)));
        refused(name, with(command, {name, "--quiet", "id:1"}));
        refused(name, with(command, {name, "--", "id:1"}));
        refused(name, with(command, {name, "-q", "id:1"}));
        refused(name, with(command, {"id:1", name}));
        for (const char* list : {"[]", "[a,b]", "{}", "[1,2]"}) {
            if (type_of(option) == Type::text) continue;
            refused(name, with(command, {name, list}));
            refused(name, with(command, {std::string(name).append("=").append(list)}));
        }
        if (type_of(option) != Type::number) continue;
        for (const char* number : {"1_000", "0x10", "1e3", "+5", "-5", "1.5", "9223372036854775808", "x"})
            refused(name, with(command, {name, number}));
    }
}

/// The same for an option of the program, in short: before and behind the words of another command.
void check_common_option(const Words& command, const OptionWords& option) {
    const std::string name = option.names.back();
    refused(name, with(command, {name + "=", "ana@example.com", "bob@example.com"}));
    refused(name, with({name + "="}, with(command, {"ana@example.com"})));
    if (type_of(option) == Type::flag) return;
    refused(name, with(command, {name, "", "ana@example.com"}));
    refused(name, with(command, {name, "--quiet", "ana@example.com"}));
}

/// A command with what it needs to be understood.
Words runnable(const CommandWords& command) {
    Words words = command.path;
    if (words.front() == "profile") return words;  // a preset by its name needs no configuration
    for (const auto& argument : command.arguments) {
        const std::string any = argument.value == "name" ? "reset-link" : "id:1";
        words.push_back(argument.choices.empty() ? any : argument.choices.front());
    }
    return words;
}

/// The same with an option: those of jobs stand where identities would.
Words runnable_with(const CommandWords& command, const std::string& option, const char* value) {
    static const std::set<std::string> choosing{"--from-file", "--role", "--created-before", "--not-changed-since"};
    static const std::set<std::string> of_jobs{"--exclude", "--rate", "--start-at", "--expect"};
    const bool issues = command.path.front() == "request" || command.path.front() == "send-otp";
    Words words = runnable(command);
    if (issues && choosing.contains(option)) words = command.path;
    if (issues && of_jobs.contains(option)) words = with(command.path, {"--all"});
    return with(words, {option, value});
}

void check_texts(const CommandWords& command, const std::vector<OptionWords>& options) {
    for (const auto& option : options) {
        if (type_of(option) == Type::flag || option.names.front() == "--config") continue;
        for (const char* text : {"[a,b]", "[]", "{}"}) {
            if (type_of(option) != Type::text) continue;
            understood(runnable_with(command, option.names.front(), text));
        }
        if (type_of(option) == Type::number) understood(runnable_with(command, option.names.front(), "010"));
    }
}

void check_command(const CommandWords& program, const CommandWords& command) {
    for (const auto& below : command.commands) check_command(program, below);
    for (const auto& option : command.options) check_option(command.path, option);
    if (command.path.empty()) return;
    for (const auto& option : program.options) check_common_option(command.path, option);
    for (const auto& argument : command.arguments) {
        refused(argument.value, with(command.path, {""}));
        refused(argument.value, with(command.path, {"--", ""}));
        if (argument.choices.empty()) continue;
        for (const char* list : {"[]", "[application,own]", "[bash]"}) refused(list, with(command.path, {list}));
    }
    // The others do without a configuration, or need one of their commands.
    const std::string name = words_of(command);
    if (name == "demo" || name == "completion" || name == "doctor" || name == "keys" || name == "subject" ||
        name == "jobs" || name == "template" || name == "profile" || name == "profile list")
        return;
    check_texts(command, command.options);
    check_texts(command, program.options);
}

TEST_CASE("no option of any command takes an empty variable for something else") {
    const CommandWords program = program_words();
    REQUIRE(program.commands.size() > 10);
    check_command(program, program);
}

TEST_CASE("a name is an option with a value everywhere, or a flag everywhere") {
    std::map<std::string, bool> takes_value;
    const auto look = [&](const CommandWords& command, const auto& again) -> void {
        for (const auto& option : command.options) {
            for (const auto& name : option.names) {
                const auto [found, first] = takes_value.emplace(name, !option.value.empty());
                CHECK((first || found->second == !option.value.empty()));
            }
        }
        for (const auto& below : command.commands) again(below, again);
    };
    look(program_words(), look);
    CHECK(takes_value.size() > 30);
}

TEST_CASE("one command below another is enough") {
    refused("IDENTITY", {"audit", "head", "verify"});
    refused("IDENTITY", {"audit", "verify", "head"});
}

}  // namespace
}  // namespace pwreset
