// The two key files: application.key makes the MACs of codes, pwreset.key those of the audit trail and of digests.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/env.h"
#include "src/base/secret.h"

namespace pwreset {

/// One line of a key file, `id:base64`.
struct Key {
    std::string id;  ///< 1 to 16 of [a-z0-9-]
    Secret bytes;    ///< at least 32
};

/// A key file: one key mints, all of them verify.
class Keyring {
public:
    /// Reads and checks the file (ours, 0600 or 0400). Throws Error CONFIG that names file and line, never their text.
    Keyring(const std::filesystem::path& file, unsigned uid);
    explicit Keyring(std::vector<Key> keys) : keys_(std::move(keys)) {}

    /// The key that mints: the first, unless another was made current.
    const Key& current() const { return keys_[current_]; }
    /// The key of the file's first line: the current one, or the one that will be.
    const Key& first() const { return keys_.front(); }
    /// The key of that id; null when it is not here any more.
    const Key* find(std::string_view id) const;
    /// All of them, in the order of the file.
    const std::vector<Key>& keys() const { return keys_; }
    /// Lets the key of that id mint from now on; false when it is not here.
    bool make_current(std::string_view id);

private:
    std::vector<Key> keys_;
    std::size_t current_ = 0;
};

/// What commands and the database call the two files, in the order of key_files().
constexpr std::array<std::string_view, 2> key_purposes{"application", "own"};

/// Both files of an application.
struct Keys {
    Keyring application;
    Keyring own;

    Keyring& of(std::string_view purpose) { return purpose == "own" ? own : application; }
    const Keyring& of(std::string_view purpose) const { return purpose == "own" ? own : application; }
};

/// What to do where a key file, or a key in it, is not there: the one way out that every command tells.
constexpr const char* way_to_lost_keys =
    "copy the file from the backup, or from the host where 'pwreset keys rotate' ran; where there is none, see LOST "
    "KEYS "
    "in pwreset-audit(5); on a new installation 'pwreset migrate' makes it";
/// Throws Error CONFIG when one of the files is missing.
void require_key_files(const std::filesystem::path& folder);
/// Reads both from the configured folder, where they have to be.
Keys load_keys(const Env& env, const std::filesystem::path& folder);
/// Makes the folder (0700) and whichever of the two files is missing, each with one new 32-byte key. The names of what
/// was made.
std::vector<std::filesystem::path> create_keys(const Env& env, const std::filesystem::path& folder);
/// Puts a new 32-byte key before all other lines of a key file, which stay as they are; its id. Throws Error CONFIG
/// when the file is not a good one, IO_ERROR when it cannot be replaced.
std::string add_key(const Env& env, const std::filesystem::path& file);
/// The two file names, in that order.
std::vector<std::filesystem::path> key_files(const std::filesystem::path& folder);
/// A text that is another one when either file was replaced, written, removed or made.
std::string key_files_stamp(const std::filesystem::path& folder);

}  // namespace pwreset
