// What users read: complete, correct, and written by nobody else.
#pragma once

#include "src/config.h"
#include "src/doctor/check.h"
#include "src/env.h"

namespace pwreset {

/// Loads and renders every template, and asks whose the site's own files are. Throws Error CONFIG.
Checks check_templates(const Env& env, const TextConfig& config);

}  // namespace pwreset
