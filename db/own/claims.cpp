#include "db/own/claims.h"

#include <map>
#include <set>
#include <utility>

#include "db/value_list.h"
#include "db/words.h"

namespace pwreset::db {

namespace {

/// Most are at the same attempt: a statement for each number of them says it of all.
using ByAttempt = std::map<int, std::vector<DeliveryRow>>;

ByAttempt by_attempt(const std::vector<DeliveryRow>& rows) {
    ByAttempt groups;
    for (const auto& row : rows) groups[row.attempts].push_back(row);
    return groups;
}

std::vector<std::int64_t> ids_of(const std::vector<DeliveryRow>& rows) {
    std::vector<std::int64_t> ids;
    ids.reserve(rows.size());
    for (const auto& row : rows) ids.push_back(row.id);
    return ids;
}

/// Without those that could not be in flight beside one before them.
std::vector<DeliveryRow> first_of_each(const std::vector<DeliveryRow>& rows) {
    std::set<std::pair<std::string, Kind>> seen;
    std::vector<DeliveryRow> firsts;
    for (const auto& row : rows) {
        if (seen.emplace(row.account, row.kind).second) firsts.push_back(row);
    }
    return firsts;
}

/// Those of a group that are ours now, of one attempt more than it says.
std::set<std::int64_t> ours_among(Session& session, const std::vector<DeliveryRow>& group, const Lease& lease) {
    std::set<std::int64_t> ours;
    for (const Row& row : session.rows("SELECT id FROM pwreset_deliveries WHERE id IN " + number_list(ids_of(group)) +
                                           " AND state = 'claimed' AND lease_owner = :owner AND attempts = :attempts",
                                       {{"owner", lease.owner}, {"attempts", group.front().attempts + 1}}))
        ours.insert(row.integer(0));
    return ours;
}

/// Of a group of one attempt the ids of those that are ours. Where one of them stands in the way, the halves are tried.
std::set<std::int64_t> claim_group(Session& session, const std::vector<DeliveryRow>& group, const Lease& lease) {
    try {
        const auto ids = ids_of(group);
        const auto matched = try_claim(session, ids, group.front().attempts, lease);
        if (matched == 0) return {};
        if (matched == static_cast<std::int64_t>(ids.size())) return {ids.begin(), ids.end()};
        return ours_among(session, group, lease);
    } catch (const Duplicate&) {
        if (group.size() == 1) return {};
    }
    const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
    auto ours = claim_group(session, {group.begin(), middle}, lease);
    ours.merge(claim_group(session, {middle, group.end()}, lease));
    return ours;
}

}  // namespace

std::vector<DeliveryRow> claim_all(Session& session, const std::vector<DeliveryRow>& rows, const Lease& lease) {
    const auto wanted = first_of_each(rows);
    std::set<std::int64_t> ours;
    for (const auto& [attempts, group] : by_attempt(wanted)) ours.merge(claim_group(session, group, lease));
    std::vector<DeliveryRow> claimed;
    for (const auto& row : wanted) {
        if (!ours.contains(row.id)) continue;
        claimed.push_back(row);
        claimed.back().attempts += 1;
    }
    return claimed;
}

std::vector<Claim> claims_left(Session& session, const std::vector<DeliveryRow>& claimed, const std::string& owner,
                               Seconds least) {
    std::vector<Claim> left(claimed.size(), Claim::lost);
    if (claimed.empty()) return left;
    std::map<std::int64_t, std::pair<int, bool>> there;
    for (const Row& row :
         session.rows("SELECT id, attempts, CASE WHEN lease_until > :least THEN 1 ELSE 0 END FROM pwreset_deliveries "
                      "WHERE id IN " +
                          number_list(ids_of(claimed)) + " AND state = 'claimed' AND lease_owner = :owner",
                      {{"least", session.now() + least}, {"owner", owner}}))
        there[row.integer(0)] = {static_cast<int>(row.integer(1)), row.integer(2) == 1};
    for (std::size_t i = 0; i < claimed.size(); ++i) {
        const auto found = there.find(claimed[i].id);
        if (found == there.end() || found->second.first != claimed[i].attempts) continue;
        left[i] = found->second.second ? Claim::ours : Claim::short_lived;
    }
    return left;
}

bool is_any_claimed_by(Session& session, const std::vector<DeliveryRow>& rows, const std::string& owner) {
    if (rows.empty()) return false;
    return session
        .row("SELECT 1 FROM pwreset_deliveries WHERE id IN " + number_list(ids_of(rows)) +
                 " AND state = 'claimed' AND lease_owner = :owner LIMIT 1",
             {{"owner", owner}})
        .has_value();
}

std::int64_t supersede_queued(Session& session, const std::string& app, const std::vector<DeliveryRow>& winners) {
    if (winners.size() == 1) return supersede_queued(session, app, winners.front());
    if (winners.empty()) return 0;
    // Seldom is there any: they are looked for at once, and ended one by one.
    Params params{{"app", app}};
    std::vector<std::string> accounts;
    for (const auto& winner : winners) accounts.push_back(winner.account);
    const std::string theirs = value_list("account", accounts, params);
    std::set<std::string> behind;
    for (const Row& row :
         session.rows("SELECT account FROM pwreset_deliveries WHERE app = :app AND account IN " + theirs +
                          " AND kind IN " + list_of_words(kind_words) +
                          " AND in_flight IS NULL AND state IN ('queued', 'uncertain') AND finished_at IS NULL",
                      params))
        behind.insert(row.text(0));
    std::int64_t ended = 0;
    for (const auto& winner : winners) {
        if (behind.contains(winner.account)) ended += supersede_queued(session, app, winner);
    }
    return ended;
}

std::int64_t mark_sent(Session& session, const std::vector<Taken>& taken, const std::string& owner, Time at) {
    std::map<std::pair<int, std::string>, std::vector<const Taken*>> groups;
    for (const auto& one : taken) groups[{one.delivery.attempts, one.relay}].push_back(&one);
    std::int64_t marked = 0;
    for (const auto& [said, group] : groups) {
        Params params{{"relay", said.second}, {"at", at}, {"owner", owner}, {"attempts", said.first}};
        std::string answers;
        std::vector<std::int64_t> ids;
        for (const auto* one : group) {
            const std::string name = "answer" + std::to_string(ids.size());
            ids.push_back(one->delivery.id);
            answers += " WHEN " + std::to_string(one->delivery.id) + " THEN :" + name;
            params.emplace_back(name, one->answer);
        }
        marked += session.run(
            "UPDATE pwreset_deliveries SET state = 'sent', in_flight = NULL, lease_owner = NULL, lease_until = NULL, "
            "relay = :relay, reason = NULL, answer = CASE id" +
                answers + " END, finished_at = :at WHERE id IN " + number_list(ids) +
                " AND state = 'claimed' AND lease_owner = :owner AND attempts = :attempts",
            params);
    }
    return marked;
}

}  // namespace pwreset::db
