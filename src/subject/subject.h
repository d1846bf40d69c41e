// The person that an export or an erasure is about: which accounts, under which names, known to our tables by which
// digests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db/app/accounts.h"
#include "src/context.h"
#include "src/subject/mention.h"
#include "src/subject/pages.h"

namespace pwreset {

/// Rows of the trail about other accounts that the application has, and that had an address or number of the person's.
struct Elsewhere {
    std::set<std::string> accounts{};
    std::int64_t first = 0;  ///< ids of the first and the last of them
    std::int64_t last = 0;
};

struct Subject {
    std::string typed;                           ///< the identity as it was given
    std::vector<std::string> accounts;           ///< keys; of some the application may have no row any more
    std::vector<db::AccountRow> rows;            ///< those that the application has
    std::map<std::string, std::string> digests;  ///< raw digest → of what: "email", "phone", "earlier"
    std::vector<std::string> counters;           ///< keys of counters of a number's text messages
    std::set<std::int64_t> deliveries;           ///< ids that our tables connect with the accounts
    Mention mention;
    std::map<std::string, Elsewhere> elsewhere{};  ///< by raw digest
    std::set<std::string> others{};                ///< all of their accounts: what is held of those is not the person's
};

/// The person an identity names. An address or phone number that no account has any more names the accounts which
/// the audit trail saw with it; `id:42` needs no row of the application's. Throws as find_account() does, but for such
/// an address, and AMBIGUOUS_USER for one that several accounts had which the application still has; the failure is
/// recorded under `action`.
Subject find_subject(Context& context, const std::string& typed, const std::string& action, const RowsSeen& seen);

/// The keys of the counters that are about the person, in the order in which they are taken.
std::vector<std::string> limit_keys(const Subject& subject);

}  // namespace pwreset
