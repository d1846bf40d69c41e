// The options that request and send-otp share, and the request they make.
#pragma once

#include <string>
#include <vector>

#include "cmd/bulk.h"
#include "cmd/command.h"
#include "src/recovery/issue.h"

namespace pwreset {

struct IssueOptions {
    std::vector<std::string> identities;
    bool queue = false;
    bool override_limits = false;
    bool override_protected = false;
    std::string channel;  ///< as given; empty = by what the identity is
    BulkOptions bulk;
};

/// Binds IDENTITY, --channel, --queue, --override-limits, --override-protected and the options of a job.
void bind_issue_options(CommandLine& line, IssueOptions& options);
/// Throws Error USAGE where neither an identity nor a file is named, or both, and for what does not go with a job.
void check_issue_options(const IssueOptions& options);
/// What these options need besides `support`.
std::vector<Capability> capabilities_of(const IssueOptions& options);
/// Issues and answers.
void run_issue(Stage& stage, const IssueOptions& options, const std::string& command, std::optional<Kind> kind);

}  // namespace pwreset
