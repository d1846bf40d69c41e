// Which keys are current: their ids, one for each key file of an application.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

struct CurrentKey {
    std::string purpose;  ///< "application" or "own"
    std::string key_id;
    Time since;
};

/// The current keys, "application" before "own"; empty before the first `migrate` of this application.
std::vector<CurrentKey> current_keys(Session& session, const std::string& app);
/// The current key of one file, which stays the current one until the transaction ends.
std::optional<CurrentKey> lock_current_key(Session& session, const std::string& app, const std::string& purpose);
/// Records the first current key; false when there is one already, whichever it is.
bool record_first_key(Session& session, const std::string& app, const std::string& purpose, const std::string& key_id);
/// Makes another key current, if `former` still is; false when it is not.
bool replace_current_key(Session& session, const std::string& app, const std::string& purpose,
                         const std::string& former, const std::string& key_id);

}  // namespace pwreset::db
