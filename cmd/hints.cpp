#include "cmd/hints.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <ostream>
#include <utility>

#include "cmd/run.h"
#include "src/base/ascii.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr const char* between_steps = "; ";

constexpr std::array<std::pair<std::string_view, Capability>, 5> options_with_capability{{
    {"--override-limits", Capability::override_limits},
    {"--override-protected", Capability::privileged},
    {"--print-link", Capability::print_link},
    {"--approve-link", Capability::approve},
    {"--public", Capability::web},
}};

bool belongs_to_word(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }

/// The word of a command at the beginning of the text, empty when it goes on as something else: "keys" of "keys list".
std::string_view word_at_beginning(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return is_lower(c) || c == '-'; });
    const auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    const bool whole = end == text.end() || *end == ' ' || *end == '\'' || *end == ',' || *end == ')';
    return whole ? word : std::string_view();
}

/// The command that the text begins with, as far down as it is named; null when it begins with none.
const std::vector<Capability>* command_at_beginning(std::string_view text) {
    static const auto known = capabilities_of_commands();
    const auto first = word_at_beginning(text);
    if (first.empty()) return nullptr;
    std::string_view rest = text.substr(first.size());
    if (rest.starts_with(' ')) {
        rest.remove_prefix(1);
        const auto second = word_at_beginning(rest);
        const auto below = known.find(std::string(first) + " " + std::string(second));
        if (!second.empty() && below != known.end()) return &below->second;
    }
    const auto found = known.find(std::string(first));
    return found == known.end() ? nullptr : &found->second;
}

/// Where commands may be named: behind "pwreset ", and behind a quotation mark that opens.
std::vector<std::string_view> places_of_commands(std::string_view step) {
    constexpr std::string_view program = "pwreset ";
    std::vector<std::string_view> places;
    for (auto at = step.find(program); at != step.npos; at = step.find(program, at + 1)) {
        if (at == 0 || !belongs_to_word(step[at - 1])) places.push_back(step.substr(at + program.size()));
    }
    for (auto at = step.find('\''); at != step.npos; at = step.find('\'', at + 1)) {
        if (at == 0 || !belongs_to_word(step[at - 1])) places.push_back(step.substr(at + 1));
    }
    return places;
}

bool names_option(std::string_view step, std::string_view option) {
    for (auto at = step.find(option); at != step.npos; at = step.find(option, at + 1)) {
        const auto end = at + option.size();
        if (end == step.size() || !belongs_to_word(step[end])) return true;
    }
    return false;
}

std::vector<std::string_view> steps_of(std::string_view hint) {
    std::vector<std::string_view> steps;
    for (auto end = hint.find(between_steps); end != hint.npos; end = hint.find(between_steps)) {
        steps.push_back(hint.substr(0, end));
        hint.remove_prefix(end + std::strlen(between_steps));
    }
    steps.push_back(hint);
    return steps;
}

/// The first capability that the step asks for and the operator lacks.
std::optional<Capability> lacking(std::string_view step, const Operator& who, const Config& config) {
    const auto needed = capabilities_named(step);
    const auto found =
        std::find_if(needed.begin(), needed.end(), [&](auto capability) { return !may(capability, who, config); });
    return found == needed.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::vector<Capability> capabilities_named(std::string_view step) {
    std::vector<Capability> needed;
    for (const auto place : places_of_commands(step)) {
        const auto* command = command_at_beginning(place);
        if (command) needed.insert(needed.end(), command->begin(), command->end());
    }
    for (const auto& [option, capability] : options_with_capability) {
        if (names_option(step, option)) needed.push_back(capability);
    }
    return needed;
}

std::string for_operator(const std::string& hint, const Operator& who, const Config* config) {
    if (!config || hint.empty()) return hint;
    std::string kept;
    const char* between = "";
    std::optional<Capability> lacked;
    for (const auto step : steps_of(hint)) {
        if (const auto capability = lacking(step, who, *config)) {
            if (!lacked) lacked = capability;
            continue;
        }
        kept += between + std::string(step);
        between = between_steps;
    }
    if (!kept.empty() || !lacked) return kept;
    return "ask somebody who has the capability '" + std::string(word_of(*lacked)) + "'";
}

void warn(Stage& stage, const std::string& warning, const std::string& hint) {
    stage.env.err << "pwreset: warning: " << printable(warning) << '\n';
    word_hint(stage.env, for_operator(hint, stage));
}

}  // namespace pwreset
