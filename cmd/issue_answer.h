// The answer of the commands that issue something (request, send-otp): one wording for both.
#pragma once

#include <vector>

#include "cmd/command.h"
#include "src/recovery/issue.h"

namespace pwreset {

/// Prints the results in the chosen format. Throws the one failure of a single identity, or CommandFailure
/// PARTIAL_FAILURE when some of several failed.
void answer_issued(Stage& stage, const IssueRequest& request, const std::vector<IssueResult>& results);

}  // namespace pwreset
