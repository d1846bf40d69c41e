// What became of a delivery that was asked for, in the words of the answer.
#pragma once

#include "src/context.h"
#include "src/recovery/issue.h"

namespace pwreset {

/// Completes the result by what the queue says of its delivery now: what relay or gateway answered, the token, why it
/// waits or has failed. One that was not queued stays as it is.
void report_standing(Context& context, IssueResult& result);

}  // namespace pwreset
