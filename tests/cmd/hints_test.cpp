// Which next steps an operator is told of: over the hints that there are, those he may take.
#include "cmd/hints.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "cmd/run.h"
#include "src/config/config.h"
#include "tests/catch.h"

namespace fs = std::filesystem;

namespace pwreset {
namespace {

Config giving(const std::vector<std::string>& capabilities) {
    Config config;
    config.operators.emplace();
    (*config.operators)["user:tom"] = capabilities;
    return config;
}

std::string told(const std::string& hint, const std::vector<std::string>& capabilities) {
    const Config config = giving(capabilities);
    Operator tom;
    tom.name = "tom";
    return for_operator(hint, tom, &config);
}

/// What the hint still asks for when he is told it; whom to ask is no step, though 'audit' is a command as well.
std::vector<Capability> named_to(const std::string& hint, const std::vector<std::string>& capabilities) {
    const std::string left = told(hint, capabilities);
    return left.starts_with("ask somebody") ? std::vector<Capability>() : capabilities_named(left);
}

/// The texts between quotation marks, those that follow each other in one, as the compiler has them.
std::vector<std::string> literals_of(const std::string& code) {
    std::vector<std::string> literals;
    bool goes_on = false;
    for (std::size_t at = 0; at < code.size(); ++at) {
        if (code.compare(at, 2, "//") == 0) at = std::min(code.find('\n', at), code.size());
        if (at >= code.size()) break;
        if (code[at] == '\'' && at + 2 < code.size()) {  // a character, perhaps a quotation mark
            at = code.find('\'', code[at + 1] == '\\' ? at + 3 : at + 2);
            goes_on = false;
            if (at == code.npos) break;
            continue;
        }
        if (code[at] != '"') {
            goes_on = goes_on && (code[at] == ' ' || code[at] == '\n');
            continue;
        }
        std::string text;
        for (++at; at < code.size() && code[at] != '"'; ++at) {
            if (code[at] == '\\') ++at;
            text += code[at];
        }
        if (goes_on) literals.back() += text;
        if (!goes_on) literals.push_back(text);
        goes_on = true;
    }
    return literals;
}

/// Every text of the program that may be a hint, with the file it stands in.
std::vector<std::pair<std::string, std::string>> texts_of_program() {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const char* folder : {"cmd", "src", "db"}) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(PWRESET_SOURCE_DIR) / folder)) {
            if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
            std::ostringstream code;
            code << std::ifstream(entry.path()).rdbuf();
            for (auto& text : literals_of(code.str())) texts.emplace_back(entry.path().filename(), std::move(text));
        }
    }
    return texts;
}

const std::vector<std::string>& capability_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& entry : capability_words) all.emplace_back(entry.second);
        return all;
    }();
    return names;
}

}  // namespace

TEST_CASE("a step that names a command is told to those who may run it") {
    const std::string hint = "check the names; 'pwreset migrate' makes the tables";
    CHECK(told(hint, {"support", "maintain"}) == hint);
    CHECK(told(hint, {"support"}) == "check the names");
    CHECK(told("run 'pwreset migrate'", {"support"}) == "ask somebody who has the capability 'maintain'");
    CHECK(told("'pwreset keys list' shows them", {"audit"}) == "ask somebody who has the capability 'maintain'");
    CHECK(told("look at 'audit' and 'list-tokens'", {"support"}) == "ask somebody who has the capability 'audit'");
    CHECK(told("look at 'audit' and 'list-tokens'", {"support", "audit"}) == "look at 'audit' and 'list-tokens'");
    CHECK(told("send a reset: pwreset request id:42", {"maintain"}) == "ask somebody who has the capability 'support'");
    CHECK(told("", {}).empty());
}

TEST_CASE("a step that names an option is told to those who may use it") {
    CHECK(told("wait; --override-limits lifts it", {"support"}) == "wait");
    CHECK(told("wait; --override-limits lifts it", {"override"}) == "wait; --override-limits lifts it");
    CHECK(told("who has the capability 'privileged' may use --override-protected", {"support"}) ==
          "ask somebody who has the capability 'privileged'");
    CHECK(told("a colleague approves it with 'pwreset request --approve-link'", {"support", "print-link"}) ==
          "ask somebody who has the capability 'approve'");
}

TEST_CASE("what only sounds like a command is no step that anybody lacks a right for") {
    for (const std::string hint :
         {"the user 'pwreset' owns it", "see pwreset.toml(5) for the keys there are", "an audit of the migrated keys",
          "write 'deliver_to' there", "it's for you to deliver"}) {
        CHECK(told(hint, {}) == hint);
    }
}

TEST_CASE("without a configuration nobody knows who may do what, and the hint stays") {
    CHECK(for_operator("run 'pwreset migrate'", Operator(), nullptr) == "run 'pwreset migrate'");
}

TEST_CASE("no hint of the program names a command to an operator who may not use it") {
    int named = 0;
    for (const auto& [file, text] : texts_of_program()) {
        const auto needed = capabilities_named(text);
        if (needed.empty()) continue;
        INFO(file << ": " << text);
        ++named;
        for (const auto& only : capability_names()) {
            for (const auto left : named_to(text, {only})) CHECK(word_of(left) == only);
        }
        CHECK(named_to(text, {}).empty());
        CHECK(told(text, capability_names()) == text);
    }
    CHECK(named > 25);  // that they are found at all
}

TEST_CASE("every command that a text of the program names is one that it has") {
    const auto commands = capabilities_of_commands();
    const std::regex mention("'pwreset ([a-z]+(-[a-z]+)*)");
    for (const auto& [file, text] : texts_of_program()) {
        for (std::sregex_iterator found(text.begin(), text.end(), mention), end; found != end; ++found) {
            INFO(file << ": " << text);
            const std::string word = (*found)[1];
            CHECK(commands.contains(word));
        }
    }
}

TEST_CASE("hints leave by one door") {
    for (const auto& [file, text] : texts_of_program()) {
        INFO(file << ": " << text);
        if (file != "envelope.cpp" && file != "inspect.cpp") CHECK(text.find("hint: ") == std::string::npos);
    }
}

}  // namespace pwreset
