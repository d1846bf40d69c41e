// What the ledger says of deliveries that entries of the trail tell of by the page, and when those were written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

enum class LedgerFact {
    queued,  ///< the kind of a delivery
    minted,  ///< kind and, of a link, verifier of the token of an attempt, with a space between
    ended,   ///< the state of a delivery that has had so many attempts
};
struct Fact {
    std::int64_t delivery = 0;
    std::string says;
};
/// Of those of the deliveries that are there.
std::vector<Fact> ledger_facts(Session& session, const std::string& app, LedgerFact which, int attempt,
                               const std::vector<std::int64_t>& deliveries);

/// The deliveries of lane bulk of an account, or the one with this id, and the moments at which entries were written
/// that tell of them.
struct PageTraces {
    std::vector<std::int64_t> deliveries;
    std::vector<Time> moments;
};
PageTraces page_traces(Session& session, const std::string& app, const std::optional<std::string>& account,
                       const std::optional<std::int64_t>& delivery);
}  // namespace pwreset::db
