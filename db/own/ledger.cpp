#include "db/own/ledger.h"

#include <algorithm>

#include "db/value_list.h"
#include "src/base/ascii.h"
#include "src/base/lane.h"

namespace pwreset::db {

namespace {

constexpr std::size_t ids_at_once = 1000;
/// Deliveries of one account that are looked at, newest first.
constexpr int most_of_an_account = 100;

std::string sql_of(LedgerFact which) {
    switch (which) {
        case LedgerFact::queued:
            return "SELECT id, kind, NULL FROM pwreset_deliveries WHERE app = :app AND :attempt >= 0 AND id IN ";
        case LedgerFact::minted:
            return "SELECT delivery_id, kind, HEX(verifier) FROM pwreset_tokens WHERE app = :app AND attempt = "
                   ":attempt AND delivery_id IN ";
        case LedgerFact::ended:
            break;
    }
    return "SELECT id, CASE WHEN attempts = :attempt THEN state ELSE 'claimed again' END, NULL "
           "FROM pwreset_deliveries "
           "WHERE app = :app AND id IN ";
}

}  // namespace

std::vector<Fact> ledger_facts(Session& session, const std::string& app, LedgerFact which, int attempt,
                               const std::vector<std::int64_t>& deliveries) {
    std::vector<Fact> facts;
    for (std::size_t first = 0; first < deliveries.size(); first += ids_at_once) {
        const auto from = deliveries.begin() + static_cast<std::ptrdiff_t>(first);
        const auto count = std::min(ids_at_once, deliveries.size() - first);
        const std::vector<std::int64_t> ids(from, from + static_cast<std::ptrdiff_t>(count));
        for (const Row& row : session.rows(sql_of(which) + number_list(ids), {{"app", app}, {"attempt", attempt}}))
            facts.push_back({row.integer(0), row.text(1) + (row.is_null(2) ? "" : " " + ascii_lower(row.text(2)))});
    }
    return facts;
}

PageTraces page_traces(Session& session, const std::string& app, const std::optional<std::string>& account,
                       const std::optional<std::int64_t>& delivery) {
    Params params{{"app", app}, {"lane", word_of(Lane::bulk)}, {"most", most_of_an_account}};
    std::string sql = "SELECT id, queued_at, finished_at FROM pwreset_deliveries WHERE app = :app AND lane = :lane";
    if (account) {
        sql += " AND account = :account";
        params.emplace_back("account", *account);
    }
    if (delivery) {
        sql += " AND id = :id";
        params.emplace_back("id", *delivery);
    }
    PageTraces traces;
    for (const Row& row : session.rows(sql + " ORDER BY id DESC LIMIT :most", params)) {
        traces.deliveries.push_back(row.integer(0));
        traces.moments.push_back(row.time(1));
        if (const auto finished = row.optional_time(2)) traces.moments.push_back(*finished);
    }
    if (traces.deliveries.empty()) return traces;
    // A token may be dated some seconds before it was made, see claim_and_mint().
    constexpr int most_back = 3;
    for (const Row& row : session.rows("SELECT issued_at FROM pwreset_tokens WHERE app = :app AND delivery_id IN " +
                                           number_list(traces.deliveries),
                                       {{"app", app}})) {
        for (int back = 0; back <= most_back; ++back) traces.moments.push_back(row.time(0) + Seconds(back));
    }
    return traces;
}

}  // namespace pwreset::db
