// What was shown of an application's profile on this site. What it means, and whether a row is genuine, is src/proof's
// business.
#pragma once

#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

struct ProofRow {
    std::string way;      ///< "token", "link"
    std::string profile;  ///< raw digest of profile and configuration
    std::string secrets;  ///< raw keyed digest of the application's secrets
    Time proved_at;
    std::string operator_name;
    std::string key_id;
    std::string mac;  ///< raw
};

/// One for each way, at most.
std::vector<ProofRow> proofs(Session& session, const std::string& app);
/// In the place of the older one of that way. Within a transaction of the caller's.
void put_proof(Session& session, const std::string& app, const ProofRow& proof);

}  // namespace pwreset::db
