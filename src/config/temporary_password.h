// The section of the configuration about passwords that are made here: their policy, and what goes with them.
#pragma once

#include "src/config/config.h"
#include "src/config/reader.h"

namespace pwreset {

/// The section [temporary_password]. A policy that allows fewer than 2^64 passwords does not load. Throws Error CONFIG.
TemporaryPasswordConfig read_temporary_password(const ConfigText& text, const UsersConfig& users);

}  // namespace pwreset
