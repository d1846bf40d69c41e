#include "src/init/detection.h"

#include <algorithm>
#include <utility>

#include "src/base/ascii.h"

namespace pwreset {
namespace {

std::pair<std::string, std::string> table_and_column(std::string_view mark) {
    const std::size_t dot = mark.find('.');
    return {ascii_lower(mark.substr(0, dot)), dot == mark.npos ? "" : ascii_lower(mark.substr(dot + 1))};
}

/// The table's name without the prefix that the preset gives it.
std::string_view bare(std::string_view table, const std::string& prefix) {
    if (table.starts_with(prefix)) table.remove_prefix(prefix.size());
    return table;
}

bool has_all(const Schema& schema, const Signature& signature, const std::string& prefix) {
    return std::all_of(signature.columns.begin(), signature.columns.end(), [&](const std::string& mark) {
        const auto [table, column] = table_and_column(mark);
        const auto found = schema.find(prefix + std::string(bare(table, ascii_lower(signature.prefix))));
        return found != schema.end() && found->second.contains(column);
    });
}

/// How the names of tables may begin here: with whatever stands before the end that the first mark's table has.
std::vector<std::string> possible_prefixes(const Schema& schema, const Signature& signature) {
    if (signature.prefix.empty()) return {""};
    const std::string own = ascii_lower(signature.prefix);
    const auto [table, column] = table_and_column(signature.columns.front());
    const std::string_view ending = bare(table, own);
    std::vector<std::string> prefixes;
    for (const auto& [name, columns] : schema) {
        if (name.ends_with(ending)) prefixes.push_back(name.substr(0, name.size() - ending.size()));
    }
    // As the preset has it before all others.
    std::stable_sort(prefixes.begin(), prefixes.end(),
                     [&](const auto& a, const auto& b) { return (a == own) > (b == own); });
    return prefixes;
}

}  // namespace

std::vector<Detected> detect(const Schema& schema, const std::vector<Signature>& signatures) {
    std::vector<Detected> found;
    for (const Signature& signature : signatures) {
        if (signature.columns.empty()) continue;
        for (const auto& prefix : possible_prefixes(schema, signature)) {
            if (has_all(schema, signature, prefix))
                found.push_back({signature.preset, prefix, signature.columns.size()});
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.marks > b.marks; });
    return found;
}

bool may_matter(std::string_view table, const std::vector<Signature>& signatures) {
    const std::string name = ascii_lower(table);
    return std::any_of(signatures.begin(), signatures.end(), [&](const Signature& signature) {
        return std::any_of(signature.columns.begin(), signature.columns.end(), [&](const std::string& mark) {
            const auto marked = table_and_column(mark).first;
            return signature.prefix.empty() ? name == marked
                                            : name.ends_with(bare(marked, ascii_lower(signature.prefix)));
        });
    });
}

}  // namespace pwreset
