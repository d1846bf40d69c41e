// The commands below `jobs`.
#pragma once

#include <cstdint>
#include <vector>

#include "cmd/command.h"

namespace pwreset {

/// pause, resume, cancel and approve.
std::vector<Command> job_step_commands(CommandLine& group);
/// The answer of one of those: the job as it is now.
void answer_job(Stage& stage, std::int64_t job);

}  // namespace pwreset
