// Rotating keys: a new first line in a key file, then the word in the database that it is the current one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/base/grounds.h"
#include "src/context.h"

namespace pwreset {

struct RotationRequest {
    std::vector<std::string> purposes;  ///< "application", "own"
    bool prepare = false;               ///< write the new keys only: they are current after the next rotation
    bool dry_run = false;               ///< check, and say what would be done
    Grounds grounds;
};

/// What became of one key file.
struct RotatedKey {
    std::string purpose;
    std::filesystem::path file;
    std::string former;  ///< the key that was current
    std::string key_id;  ///< the new one; empty when a dry run would make it
    bool added = false;  ///< made now; otherwise it stood first in the file already
};

/// Rotates. First the file, then the database: whoever is stopped between the two leaves a new key in the file that
/// nobody uses, and the next rotation makes that one current. One at a time: throws Error UNAVAILABLE while another is
/// at work. The audit row is made with the new own key.
std::vector<RotatedKey> rotate_keys(Context& context, const RotationRequest& request);

}  // namespace pwreset
