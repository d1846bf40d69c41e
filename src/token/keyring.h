// The two key files: application.key makes the MACs of codes, pwreset.key those of the audit trail and of digests.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/secret.h"
#include "src/env.h"

namespace pwreset {

/// One line of a key file, `id:base64`.
struct Key {
    std::string id;  ///< 1 to 16 of [a-z0-9-]
    Secret bytes;    ///< at least 32
};

/// A key file: the first key mints, all of them verify.
class Keyring {
public:
    /// Reads and checks the file (ours, 0600 or 0400). Throws Error CONFIG that names file and line, never their text.
    Keyring(const std::filesystem::path& file, unsigned uid);
    explicit Keyring(std::vector<Key> keys) : keys_(std::move(keys)) {}

    const Key& current() const { return keys_.front(); }
    /// The key of that id; null when it is not here any more.
    const Key* find(std::string_view id) const;
    const std::vector<Key>& keys() const { return keys_; }

private:
    std::vector<Key> keys_;
};

/// Both files of an application.
struct Keys {
    Keyring application;
    Keyring own;
};

/// Reads both from the configured folder; the hint names 'pwreset migrate' when they are missing.
Keys load_keys(const Env& env, const std::filesystem::path& folder);
/// Makes the folder (0700) and whichever of the two files is missing, each with one new 32-byte key. The names of what
/// was made.
std::vector<std::filesystem::path> create_keys(const Env& env, const std::filesystem::path& folder);
/// The two file names, in that order.
std::vector<std::filesystem::path> key_files(const std::filesystem::path& folder);

}  // namespace pwreset
