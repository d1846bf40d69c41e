#include "src/config/operators.h"

#include <algorithm>

#include "src/base/capability.h"
#include "src/base/printable.h"
#include "src/base/suggestion.h"
#include "src/toml/reader.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

/// A name as messages repeat it.
std::string in_quotes(const std::string& name) { return "'" + cut_bytes(printable(name), 64) + "'"; }

std::vector<std::string> read_capabilities(const Section& section, const std::string& group) {
    std::vector<std::string> known;
    for (const auto& entry : capability_words) known.emplace_back(entry.second);
    std::vector<std::string> words = section.texts(group);
    for (const std::string& word : words) {
        if (std::find(known.begin(), known.end(), word) != known.end()) continue;
        const std::string near = nearest(word, known);
        const std::string hint =
            near.empty() ? "see pwreset.toml(5) for the capabilities" : "did you mean '" + near + "'?";
        section.fail(group, "unknown capability " + in_quotes(word) + " of " + in_quotes(group), hint);
    }
    return words;
}

}  // namespace

std::span<const std::string_view> operators_keys() {
    static constexpr std::string_view keys[] = {"operators.GROUP"};
    return keys;
}

std::optional<OperatorsConfig> read_operators(const ConfigText& text) {
    const Section section(text, "operators");
    if (!section.written()) return std::nullopt;
    OperatorsConfig operators;
    for (const std::string& group : section.keys()) {
        if (const auto fault = operator_name_fault(group))
            section.fail(group, "expected a group instead of " + in_quotes(group) + ": " + fault->fault, fault->hint);
        // gg.shop.agents without quotes is a table in a table to TOML.
        if (section.is_table(group))
            section.fail(group, "the name that begins with " + in_quotes(group) + " is taken apart at its dots",
                         "write the whole name in double quotes");
        operators[group] = read_capabilities(section, group);
    }
    if (operators.empty()) {
        text.fail(section.place(), "no group in '[operators]'",
                  "name one, or remove the section: then only the owner of this file may do anything");
    }
    return operators;
}

}  // namespace pwreset
