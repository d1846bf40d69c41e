// `request --public`: the face that a web back end sees.
#pragma once

#include "cmd/command.h"

namespace pwreset {

/// Throws Error USAGE when an option or an identity was given that the JSON object is to say or that would make an
/// answer differ: beside --public there are --config, --output and --json.
void refuse_beside_public(const CommandLine& request);
/// Reads the call from standard input, takes it in and answers.
void run_request_public(Stage& stage);

}  // namespace pwreset
