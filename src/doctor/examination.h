// The order in which a site is looked at: what fails is a line of its own, and keeps nothing from being looked at that
// does not depend on it.
#pragma once

#include <functional>

#include "src/base/error.h"
#include "src/doctor/check.h"
#include "src/operator/operator.h"

namespace pwreset {

/// Looks at everything behind a configuration that loads, and hands over each line as it is found; with `accounts` also
/// at each of them, which takes longer. Changes nothing, sends nothing. Throws Error INTERRUPTED after a signal, and
/// nothing else of what it meets.
void examine(const Env& env, const Config& config, const Operator& who, bool accounts,
             const std::function<void(const Check&)>& report);

/// The lines of a configuration that does not load: its fault, and what was not looked at therefore.
Checks unusable_configuration(const Error& fault);

}  // namespace pwreset
