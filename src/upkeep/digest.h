// What the nightly mail says: what waits, what failed, what is alarming, and where the audit trail ends.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/own/deliveries.h"
#include "src/audit/chain.h"
#include "src/audit/verify.h"
#include "src/context.h"

namespace pwreset {

struct Digest {
    db::Backlog backlog;
    std::optional<Time> oldest_due;  ///< when it was queued
    std::int64_t overdue = 0;        ///< due for over an hour
    std::int64_t failed = 0;         ///< mails given up in the last 24 hours; counted up to 10 000
    /// The five domains with most of them, by the addresses as they are stored now; "unknown" for accounts without one.
    std::vector<std::pair<std::string, std::int64_t>> failed_by_domain;
    std::map<std::string, std::int64_t> refusals;  ///< in the last 24 hours, by their code words
    std::optional<std::string> sms_alarm;          ///< why text messages are stopped
    std::int64_t unsealed_late = 0;
    std::int64_t sealed_late = 0;  ///< entries seal-late in the last 24 hours
    std::int64_t forged = 0;
    Link head;
    Time at;
};

/// Collects it, and seals what is to be sealed (unless `dry_run`) before it looks where the trail ends. `unsealed` was
/// looked at before the purge, which seals too.
Digest collect_digest(Context& context, const Unsealed& unsealed, bool dry_run);

}  // namespace pwreset
