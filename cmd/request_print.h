// `request --print-link`: a link on the operator's terminal; and `--approve-link`, a second operator's word for one.
#pragma once

#include <string>

#include "cmd/command.h"
#include "cmd/issue_options.h"

namespace pwreset {

/// What does not go with either option. Throws Error USAGE; `via` and the options as given.
void refuse_beside_print(const std::string& option, const IssueOptions& options, const std::string& via);
/// Shows the link. Throws Error FORBIDDEN where standard input and output are not a terminal.
void run_print_link(Stage& stage, const IssueOptions& options);
void run_approve_link(Stage& stage, const IssueOptions& options);

}  // namespace pwreset
