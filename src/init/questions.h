// What `init` asks for: on a terminal with a proposal in brackets, else the lines of standard input in the same order.
#pragma once

#include <optional>
#include <string>

#include "src/base/env.h"
#include "src/base/secret.h"

namespace pwreset {

class Questions {
public:
    /// With `none` nothing is asked: proposals count as answers.
    Questions(const Env& env, bool none) : env_(env), none_(none) {}

    /// A line of plain text; the proposal where it is empty, or where there is none. Throws Error INVALID_INPUT for one
    /// that cannot be shown.
    std::string ask(const std::string& what, const std::string& proposal = {}) const;
    /// The same; nothing where nobody answers, and the proposal only where somebody confirms it by an empty line.
    std::optional<std::string> confirm(const std::string& what, const std::string& proposal) const;
    /// A line that is not shown; empty where nobody answers.
    Secret ask_hidden(const std::string& what) const;

private:
    const Env& env_;
    bool none_;
};

}  // namespace pwreset
