// Claims by the batch: taken, looked at, marked and followed up by one statement each, however many there are.
#pragma once

#include <string>
#include <vector>

#include "db/own/deliveries.h"

namespace pwreset::db {

/// Claims those of the rows that try_claim() would; they, in their order, each with one attempt more. Where another
/// delivery to one of the accounts is in flight, the halves are tried; of two to the same account and kind the first
/// is.
std::vector<DeliveryRow> claim_all(Session& session, const std::vector<DeliveryRow>& rows, const Lease& lease);
/// What claim_left() would say of each of them.
std::vector<Claim> claims_left(Session& session, const std::vector<DeliveryRow>& claimed, const std::string& owner,
                               Seconds least);
/// Whether this owner has one of them claimed: what is asked after a connection broke during COMMIT.
bool is_any_claimed_by(Session& session, const std::vector<DeliveryRow>& rows, const std::string& owner);
/// What supersede_queued() does, for each of them.
std::int64_t supersede_queued(Session& session, const std::string& app, const std::vector<DeliveryRow>& winners);

/// A message that a relay took.
struct Taken {
    DeliveryRow delivery;
    std::string relay;
    std::string answer;
};
/// claimed-by-us → `sent`, at this moment; how many of them still were. Where that is not all, roll back, and mark them
/// one by one.
std::int64_t mark_sent(Session& session, const std::vector<Taken>& taken, const std::string& owner, Time at);

}  // namespace pwreset::db
