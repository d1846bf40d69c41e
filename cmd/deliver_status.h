// `deliver --status`: what is in the queue, who has it in hand, and what keeps it there.
#pragma once

#include "cmd/command.h"

namespace pwreset {

void run_deliver_status(Stage& stage);

}  // namespace pwreset
