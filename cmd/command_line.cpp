#include "cmd/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <utility>

#include "cmd/misread_words.h"
#include "src/base/printable.h"
#include "src/base/suggestion.h"

namespace pwreset {

namespace {

constexpr const char* see_help = "look at the command's --help";

/// CLI11 takes a word in brackets for a list ("[a,b]" for two words, "[]" for none), "{}" for nothing, and its later
/// releases more. Behind a byte that no argument can hold it leaves a text alone.
std::string sealed(std::string word) {
    const auto text = word.starts_with("--") ? word.find('=') + 1 : 0;
    if (text < word.size() && (word[text] == '[' || word[text] == '{')) word.insert(text, 1, '\0');
    return word;
}
std::string opened(const std::string& text) { return text.starts_with('\0') ? text.substr(1) : text; }

std::vector<std::string> split_names(const std::string& names) { return CLI::detail::split(names, ','); }

/// "gone not in {live,used}", or nothing.
CLI::Validator one_of(const std::vector<std::string>& choices) {
    const auto refusal = [choices](const std::string& text) {
        const bool known = std::find(choices.begin(), choices.end(), text) != choices.end();
        return known ? std::string() : opened(text) + " not in {" + CLI::detail::join(choices, ",") + "}";
    };
    return {refusal, ""};
}

/// Digits, which are decimal whatever they begin with; nothing for anything else, and from 10^18 on.
std::optional<std::int64_t> whole_number(const std::string& text) {
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return {};
    const auto significant = std::min(text.find_first_not_of('0'), text.size() - 1);
    if (text.size() - significant > 18) return {};
    return std::stoll(text.substr(significant), nullptr, 10);
}

CLI::Validator not_negative() {
    const auto refusal = [](const std::string& text) {
        return whole_number(opened(text)) ? std::string() : "'" + opened(text) + "' is no number from 0 on";
    };
    return {refusal, ""};
}

}  // namespace

Target::Target(std::string& text) : take_([&text](const std::string& given) { text = given; }) {}
Target::Target(std::optional<std::string>& text) : take_([&text](const std::string& given) { text = given; }) {}
Target::Target(std::int64_t& number)
    : take_([&number](const std::string& given) { number = whole_number(given).value_or(0); }) {}
Target::Target(std::optional<std::int64_t>& number)
    : take_([&number](const std::string& given) { number = whole_number(given); }) {}
Target::Target(std::function<void(const std::string&)> take) : take_(std::move(take)) {}

CommandLine::CommandLine(const std::string& about, const std::string& version)
    : program_(std::make_unique<CLI::App>(about, "pwreset")), app_(program_.get()) {
    tree_.about = about;
    app_->set_version_flag("--version", version);
    for (const CLI::Option* option : {app_->get_help_ptr(), app_->get_version_ptr()})
        tree_.options.push_back({split_names(option->get_name(false, true)), "", {}, option->get_description()});
}

CommandLine::CommandLine(CommandLine& parent, const std::string& name, const std::string& about)
    : parent_(&parent), app_(parent.app_->add_subcommand(name, about)) {
    tree_.about = about;
    tree_.path = parent.tree_.path;
    tree_.path.push_back(name);
    app_->fallthrough();
}

CommandLine::~CommandLine() = default;

CommandLine& CommandLine::command(const std::string& name, const std::string& about) {
    // One of them: the second would be forgotten.
    if (app_->get_require_subcommand_max() == 0) app_->require_subcommand(0, 1);
    return *commands_.emplace_back(new CommandLine(*this, name, about));
}

void CommandLine::require_command() { app_->require_subcommand(1); }

void CommandLine::flag(const std::string& names, bool& target, const std::string& about) {
    app_->add_flag(names, target, about);
    tree_.options.push_back({split_names(names), "", {}, about});
}

void CommandLine::flag(const std::string& names, std::function<void()> given, const std::string& about) {
    app_->add_flag_callback(names, std::move(given), about);
    tree_.options.push_back({split_names(names), "", {}, about});
}

void CommandLine::text(const std::string& names, const Target& target, const std::string& value,
                       const std::string& about) {
    bind(names, target, about).type_name(value);
    tree_.options.push_back({split_names(names), value, {}, about});
}

void CommandLine::free_text(const std::string& names, const Target& target, const std::string& value,
                            const std::string& about) {
    text(names, target, value, about);
    tree_.options.back().takes_anything = true;
}

void CommandLine::choice(const std::string& names, const Target& target, const std::string& value,
                         std::vector<std::string> choices, const std::string& about) {
    bind(names, target, about).type_name(value)->check(one_of(choices));
    tree_.options.push_back({split_names(names), value, std::move(choices), about});
}

void CommandLine::number(const std::string& names, const Target& target, const std::string& value,
                         const std::string& about) {
    bind(names, target, about).type_name(value)->check(not_negative());
    tree_.options.push_back({split_names(names), value, {}, about});
}

void CommandLine::argument(const std::string& name, const Target& target, Presence presence, const std::string& about,
                           const std::string& value) {
    bind(name, target, about).type_name(value)->required(presence == Presence::required);
    tree_.arguments.push_back({{}, name, {}, about, false, presence == Presence::optional});
}

void CommandLine::argument_choice(const std::string& name, const Target& target, Presence presence,
                                  const std::string& value, std::vector<std::string> choices,
                                  const std::string& about) {
    bind(name, target, about).type_name(value)->required(presence == Presence::required)->check(one_of(choices));
    tree_.arguments.push_back({{}, name, std::move(choices), about, false, presence == Presence::optional});
}

void CommandLine::arguments(const std::string& name, std::vector<std::string>& target, Presence presence,
                            const std::string& about) {
    const auto add = [&target](const std::string& word) { target.push_back(word); };
    bind(name, Target(add), about)
        .type_name("TEXT")
        ->expected(CLI::detail::expected_max_vector_size)
        ->required(presence == Presence::required);
    tree_.arguments.push_back({{}, name, {}, about, false, true});
}

CLI::Option& CommandLine::bind(const std::string& names, const Target& target, const std::string& about) {
    const auto take = [target](const CLI::results_t& given) {
        for (const auto& text : given) target.take(opened(text));
        return true;
    };
    return *app_->add_option(names, take, about);
}

void CommandLine::check(std::function<void()> checked) { app_->final_callback(std::move(checked)); }

bool CommandLine::named() const { return app_->parsed(); }

std::vector<std::string> CommandLine::given() const {
    std::vector<std::string> names;
    for (const auto* option : std::as_const(*app_).get_options()) {
        if (option->count() > 0) names.push_back(option->get_name());
    }
    return names;
}

CommandWords CommandLine::tree() const {
    CommandWords words = tree_;
    for (const auto& below : commands_) words.commands.push_back(below->tree());
    return words;
}

/// The innermost command that was named so far.
const CommandLine& CommandLine::innermost() const {
    const auto named = app_->get_subcommands();
    if (named.empty()) return *this;
    const auto below = std::find_if(commands_.begin(), commands_.end(),
                                    [&](const auto& command) { return command->app_ == named.front(); });
    return (*below)->innermost();
}

Error CommandLine::no_such_command(const std::string& word) const {
    const std::string group = words();
    const std::string help = "'pwreset " + (group.empty() ? "" : group + " ") + "--help' lists them";
    const std::string what = "command" + (group.empty() ? "" : " of '" + group + "'");
    if (word.empty()) return usage_error("no " + what + " is given", help);
    std::vector<std::string> names;
    for (const auto& command : commands_) names.push_back(command->tree_.path.back());
    const std::string near = nearest(word, names);
    return usage_error("there is no " + what + " '" + opened(word) + "'",
                       near.empty() ? help : "did you mean '" + near + "'?");
}

/// CLI11 words a misspelt command as a missing one: the word that was left over says more.
Error CommandLine::fault_of(const CLI::ParseError& fault) const {
    const auto left = app_->remaining(true);
    const std::string word = left.empty() ? std::string() : left.front();
    const CommandLine& parent = innermost();
    const bool no_command = dynamic_cast<const CLI::RequiredError*>(&fault) && !parent.commands_.empty();
    if (no_command && word.empty()) return parent.no_such_command({});
    if (no_command || dynamic_cast<const CLI::ExtrasError*>(&fault)) {
        const bool takes_command = parent.app_->get_require_subcommand_min() > 0;
        if (takes_command && !word.starts_with("-")) return parent.no_such_command(word);
        // A code typed where it does not belong must not be repeated, so nothing of an unknown word is.
        if (!word.starts_with("--")) {
            return usage_error("there is a word too many", "an identity that begins with '-' goes after '--'");
        }
        return usage_error("'" + word.substr(0, word.find('=')) + "' is not understood here", see_help);
    }
    return usage_error(printable(fault.what()), see_help);
}

std::optional<std::string> CommandLine::read(const std::vector<std::string>& arguments) {
    refuse_misread(tree(), arguments);
    try {
        std::vector<std::string> words;  // the last one first, as it wants them
        std::transform(arguments.rbegin(), arguments.rend(), std::back_inserter(words), sealed);
        app_->parse(std::move(words));
        return {};
    } catch (const CLI::CallForVersion& version) {
        return version.what() + std::string("\n");
    } catch (const CLI::Success&) {
        return app_->help();
    } catch (const CLI::ParseError& fault) {
        throw fault_of(fault);
    }
}

void refuse_missing(const std::string& name) { throw usage_error(name + " is required", see_help); }

}  // namespace pwreset
