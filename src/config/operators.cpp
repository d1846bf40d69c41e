#include "src/config/operators.h"

#include <algorithm>

#include "src/base/capability.h"
#include "src/base/printable.h"
#include "src/base/suggestion.h"
#include "src/config/values.h"
#include "src/toml/reader.h"

namespace pwreset {
namespace {

std::vector<std::string> read_capabilities(const Section& section, const std::string& group) {
    std::vector<std::string> known;
    for (const auto& entry : capability_words) known.emplace_back(entry.second);
    std::vector<std::string> words = section.texts(group);
    for (const std::string& word : words) {
        if (std::find(known.begin(), known.end(), word) != known.end()) continue;
        const std::string near = nearest(word, known);
        const std::string hint =
            near.empty() ? "see pwreset.toml(5) for the capabilities" : "did you mean '" + near + "'?";
        section.fail(group, "unknown capability '" + cut_bytes(printable(word), 64) + "' of '" + group + "'", hint);
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
        if (!is_operator_name(group)) {
            section.fail(group, "expected a group instead of '" + cut_bytes(printable(group), 64) + "'",
                         "write a Unix group, or \"user:NAME\" in double quotes");
        }
        operators[group] = read_capabilities(section, group);
    }
    if (operators.empty()) {
        text.fail(section.place(), "no group in '[operators]'",
                  "name one, or remove the section: then only the owner of this file may do anything");
    }
    return operators;
}

}  // namespace pwreset
