// The one place that decides which next steps an operator is told of: those that he may take.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.h"
#include "src/base/capability.h"

namespace pwreset {

/// What a step asks for that it names: a command ('pwreset deliver', 'keys list'), or an option that takes a capability
/// of its own (--override-limits).
std::vector<Capability> capabilities_named(std::string_view step);

/// The hint without the steps that this operator may not take; steps are parted by "; ". Where none is left: whom to
/// ask. Unchanged while no configuration says who may do what (null).
std::string for_operator(const std::string& hint, const Operator& who, const Config* config);
inline std::string for_operator(const std::string& hint, const Stage& stage) {
    return for_operator(hint, stage.who, stage.config);
}

/// A warning that ends no command, on standard error, with its next step; the hint may be empty.
void warn(Stage& stage, const std::string& warning, const std::string& hint);

}  // namespace pwreset
