// What users read: complete, correct, and written by nobody else.
#pragma once

#include "src/config/config.h"
#include "src/doctor/check.h"

namespace pwreset {

/// Reads and renders every template, built-in ones included, and asks whose the site's own files are.
Checks check_templates(const TextConfig& config);

}  // namespace pwreset
