// Tables that are older than what was written into them: a backup was restored, or another server took over without the
// last writes. A host notices it by its mark (src/keys/host_mark.h); what 'pwreset migrate --restored' states about it
// is a row of the trail, behind which numbers go on past all that were used.
#pragma once

#include <optional>
#include <string>

#include "db/own/audit.h"
#include "src/context.h"
#include "src/keys/host_mark.h"

namespace pwreset {

/// What a statement says in its detail: the numbers that may have been used before. The next ones are larger.
std::string told_numbers(const Numbers& used);
/// The reverse; nothing for another text.
std::optional<Numbers> told_numbers(const std::string& detail);

/// How the tables are behind of what this host, or one that noted it there, remembers; nothing when they are not, or
/// nobody remembers. One query, when all is well.
std::optional<std::string> why_behind(Context& context);
/// What everything that issues or sends asks first: notes in the tables, for hosts that remember nothing, that they are
/// behind. Throws Error CONFIG then.
void require_current_tables(Context& context);
/// Notes in the tables that they are behind, and throws that Error.
[[noreturn]] void refuse_behind(Context& context, const std::string& why);
/// For the login of a web back end, which may read no row: refuses where audit rows are given ids again.
void require_new_ids(Context& context);
/// The refusal.
Error tables_behind(const std::string& why);

/// Writes the mark: the row that was committed last, and how far the tables reach. Not where the tables are behind of
/// the mark that is there. Never fails: a host that cannot write it is told by `doctor`.
void leave_mark(Context& context) noexcept;
/// The same after the statement, whatever mark was there.
void leave_mark_anew(Context& context) noexcept;

}  // namespace pwreset
