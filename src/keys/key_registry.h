// Which key of each file is the current one: recorded in the database, so that every host mints with the same, and one
// that lacks it refuses to.
#pragma once

#include <string>
#include <vector>

#include "db/own/keys.h"
#include "src/config/config.h"
#include "src/keys/keyring.h"

namespace pwreset {

/// Makes the recorded keys the current ones. Throws Error CONFIG when a file lacks one, or none is recorded.
void use_recorded_keys(const Config& config, const std::vector<db::CurrentKey>& recorded, Keys& keys);
/// The keys of the files, the current ones as the database has recorded them. Throws as above and as load_keys.
Keys recorded_keys(const Env& env, db::Session& session, const Config& config);
/// Throws Error CONFIG when a file is missing whose key is recorded: a new one would be another than the other hosts'.
void refuse_missing_files(const Config& config, const std::vector<db::CurrentKey>& recorded);
/// The first keys of the files for which none is recorded.
std::vector<db::CurrentKey> unrecorded_keys(const std::vector<db::CurrentKey>& recorded, const Keys& keys);
/// Records those; what was recorded now.
std::vector<db::CurrentKey> record_first_keys(db::Session& session, const Config& config, const Keys& keys);

}  // namespace pwreset
