#include "src/upkeep/digest.h"

#include <algorithm>
#include <chrono>

#include "db/refusal.h"
#include "src/audit/seal.h"
#include "src/base/ascii.h"
#include "src/base/printable.h"
#include "src/limits/sms_alarm.h"

namespace pwreset {

namespace {

constexpr Seconds day{86400};
constexpr Seconds hour{3600};
constexpr int most_failures_read = 10000;
constexpr std::size_t accounts_a_query = 500;
constexpr std::size_t most_domains = 5;
constexpr std::size_t widest_domain = 64;
constexpr std::chrono::seconds digest_patience{30};

std::string domain_of(const std::string& address) {
    const auto at = address.rfind('@');
    if (at == address.npos || at + 1 == address.size()) return "unknown";
    return cut(printable(ascii_lower(address.substr(at + 1))), widest_domain);
}

using Counts = std::map<std::string, std::int64_t>;

/// How many deliveries failed, by domain. `failures` is by account.
Counts by_domain(Context& context, const Counts& failures) {
    Counts domains;
    std::vector<std::string> ids;
    const auto look_up = [&] {
        Counts addresses;
        for (const auto& account : context.accounts.by_ids(ids)) {
            const auto failed = failures.at(account.id);
            // A view may have an account twice.
            if (addresses.emplace(account.id, failed).second) domains[domain_of(account.email)] += failed;
        }
        for (const auto& id : ids) {
            if (!addresses.count(id)) domains["unknown"] += failures.at(id);
        }
        ids.clear();
    };
    for (const auto& [account, count] : failures) {
        ids.push_back(account);
        if (ids.size() == accounts_a_query) look_up();
    }
    look_up();
    return domains;
}

void add_failures(Context& context, Digest& digest) {
    Counts by_account;
    for (const auto& account :
         db::failed_accounts(context.session, context.config.application, digest.at - day, most_failures_read)) {
        ++by_account[account];
        ++digest.failed;
    }
    const auto domains = by_domain(context, by_account);
    digest.failed_by_domain.assign(domains.begin(), domains.end());
    std::stable_sort(digest.failed_by_domain.begin(), digest.failed_by_domain.end(),
                     [](const auto& one, const auto& other) { return one.second > other.second; });
    if (digest.failed_by_domain.size() > most_domains) digest.failed_by_domain.resize(most_domains);
}

}  // namespace

Digest collect_digest(Context& context, const Unsealed& unsealed, bool dry_run) {
    auto& session = context.session;
    const auto& app = context.config.application;
    Digest digest;
    digest.at = session.now();
    digest.backlog = db::backlog(session, app);
    const auto overdue = db::overdue(session, app, hour);
    digest.oldest_due = overdue.oldest;
    digest.overdue = overdue.count;
    add_failures(context, digest);
    digest.refusals = db::count_results(session, app, digest.at - day,
                                        {"FORBIDDEN", "PROTECTED_ACCOUNT", "RATE_LIMITED", "INVALID_CODE"});
    digest.sms_alarm = sms_alarm(session, context.config);
    digest.unsealed_late = unsealed.late;
    digest.forged = unsealed.forged;
    try {
        if (!dry_run) seal(context, digest_patience);
    } catch (const db::RefusedBySite&) {
        // The purge has met it too, and told it: the head is wanted all the more.
    } catch (const db::TooSlow&) {
        // As well.
    }
    digest.sealed_late = db::count_actions(session, app, digest.at - day, seal_late_action);
    digest.head = chain_head(context);
    return digest;
}

}  // namespace pwreset
