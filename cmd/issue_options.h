// The options that request and send-otp share, and the request they make.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.h"
#include "src/recovery/issue.h"

namespace pwreset {

struct IssueOptions {
    std::vector<std::string> identities;
    bool queue = false;
    bool override_limits = false;
    bool override_protected = false;
    std::string channel;  ///< as given; empty = by what the identity is
};

/// Binds IDENTITY (one at least where it is required), --channel, --queue, --override-limits and --override-protected.
void bind_issue_options(CommandLine& line, IssueOptions& options, Presence identity);
/// What these options need besides `support`.
std::vector<Capability> capabilities_of(const IssueOptions& options);
/// Issues and answers.
void run_issue(Stage& stage, const IssueOptions& options, const std::string& command, std::optional<Kind> kind);

}  // namespace pwreset
