// What an empty shell variable makes of a command line: `--reason=$WHY ana@example.com` would take the identity for the
// reason, `--ticket "$T"` would lose the ticket, and nobody would notice.
#pragma once

#include <string>
#include <vector>

#include "cmd/command_tree.h"

namespace pwreset {

/// Throws Error USAGE, which names the option or argument, where a word is not what it was meant to be: an option or an
/// argument with an empty text, or one of blanks (no option has that for a meaning), an option or, where it would go
/// unnoticed, an identity in the place of a value, a flag with a value. Words it does not know are left to the parser.
/// `program` is the whole tree.
void refuse_misread(const CommandWords& program, const std::vector<std::string>& arguments);

}  // namespace pwreset
