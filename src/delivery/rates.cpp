#include "src/delivery/rates.h"

#include <map>
#include <utility>

#include "db/retrying.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"

namespace pwreset {

namespace {

/// What is sent to a domain with a rate.
struct DomainShare {
    std::size_t room = 0;  ///< that may leave now
    std::vector<std::int64_t> late{};
};

/// The rows that may leave, and what is too much for their domains.
std::vector<db::DeliveryRow> shared_out(Context& context, Pace& pace, std::vector<db::DeliveryRow> rows,
                                        std::map<std::string, DomainShare>& shares) {
    std::vector<std::string> keys;
    for (const auto& row : rows) keys.push_back(row.account);
    const auto accounts = context.accounts.by_ids(keys);
    std::vector<db::DeliveryRow> may;
    for (auto& row : rows) {
        const auto* account = only_account(accounts, row.account);
        const std::string domain =
            account ? domain_of(recipient_of(*account, Channel::email, context.config.users)) : std::string();
        if (const auto room = pace.room_for(domain, Pace::Clock::now())) {
            DomainShare& share = shares.try_emplace(domain, DomainShare{*room}).first->second;
            if (share.room == 0) {
                share.late.push_back(row.id);
                continue;
            }
            --share.room;
        }
        may.push_back(std::move(row));
    }
    return may;
}

/// As many as leave in a span are put off by one, as many by two, and so on.
void put_off_in_turn(Context& context, const std::string& owner, const Rate& rate,
                     const std::vector<std::int64_t>& late) {
    const auto count = static_cast<std::size_t>(rate.count);
    const Time now = context.session.now();
    for (std::size_t from = 0, turn = 1; from < late.size(); from += count, ++turn) {
        const auto begin = late.begin() + static_cast<std::ptrdiff_t>(from);
        const std::vector<std::int64_t> those(begin,
                                              begin + static_cast<std::ptrdiff_t>(std::min(count, late.size() - from)));
        db::put_off(context.session, those, {owner, now + static_cast<int>(turn) * rate.window},
                    {.relay = {}, .answer = "not tried: the rate of its domain", .reason = "rate"});
    }
}

}  // namespace

std::vector<db::DeliveryRow> within_rates(Context& context, const std::string& owner, Pace& pace,
                                          std::vector<db::DeliveryRow> rows) {
    if (!pace.by_domain() || rows.empty()) return rows;
    std::vector<db::DeliveryRow> may;
    db::retrying(context.session, [&] {
        std::map<std::string, DomainShare> shares;
        may = shared_out(context, pace, rows, shares);
        for (const auto& [domain, share] : shares) put_off_in_turn(context, owner, *pace.rate_of(domain), share.late);
    });
    return may;
}

}  // namespace pwreset
