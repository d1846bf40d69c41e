// An inspection as a story for a ticket that others read too: Markdown, and nothing that tells who the person is.
#pragma once

#include "cmd/command.h"
#include "src/recovery/inspect.h"

namespace pwreset {

/// Writes it to standard output. There is no address, no number, no login, no key of the account and no role in it, of
/// the staff only the tickets, and of a relay's answers only the codes: people's words may say anything.
void share(Stage& stage, const Inspection& found);

}  // namespace pwreset
