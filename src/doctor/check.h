// One line of an examination: what was looked at, how it is, and what to do about it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pwreset {

enum class Level {
    ok,
    warning,  ///< it works, and ought to be otherwise
    problem,  ///< something does not work, or cannot be trusted
};

struct Check {
    std::string area;  ///< a word for programs: database, grants …
    Level level = Level::ok;
    std::string finding;  ///< names from the database or a file are as they are: not printable yet
    std::string remedy;   ///< what to do, where possible a command or statement to copy; may be empty
};

using Checks = std::vector<Check>;

constexpr std::string_view word_of(Level level) {
    if (level == Level::ok) return "ok";
    return level == Level::warning ? "warning" : "problem";
}

inline Check fine(std::string area, std::string finding) {
    return {std::move(area), Level::ok, std::move(finding), {}};
}
inline Check warning(std::string area, std::string finding, std::string remedy) {
    return {std::move(area), Level::warning, std::move(finding), std::move(remedy)};
}
inline Check problem(std::string area, std::string finding, std::string remedy) {
    return {std::move(area), Level::problem, std::move(finding), std::move(remedy)};
}

/// "a, b, c".
inline std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

}  // namespace pwreset
