// Files that hold secrets or decide what the program does, opened only when nobody else could have written or read
// them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "src/base/secret.h"

namespace pwreset {

/// What is asked of a file's owner and mode (checked on the open descriptor, and on each parent folder).
enum class Trust {
    secret,         ///< ours, mode 0600 or 0400
    configuration,  ///< root's or ours, and no one else may write it or a folder above it
};

/// Reads a file of at most 1 MiB that meets the demand; `uid` is "us" (0 is always trusted). A link on the way is
/// followed when it is root's or ours; each folder on the way, and each that a link leads through, may be written by no
/// one else, but a sticky one may stand above. Throws Error CONFIG that names the file and the chmod or chown to run.
Secret read_trusted(const std::filesystem::path& file, Trust trust, unsigned uid);
/// The owner of the file, or of what a link points to. Of use only after read_trusted accepted the file: then nobody
/// but root and us can have put another in its place. Throws as above.
unsigned owner_of(const std::filesystem::path& file);
/// Writes a new secret file with mode 0600, complete or not at all; false when it is there already. Throws IO_ERROR.
bool create_secret(const std::filesystem::path& file, const Secret& content);
/// Replaces a secret file by what `change` makes of its content, at once and on the disk: a reader, or a crash, finds
/// the one or the other. Of several that do so at the same moment none loses another's change. Where the name is a
/// link, the file behind it is replaced. The new file is ours, mode 0600. Throws Error CONFIG as read_trusted, or
/// IO_ERROR.
void change_secret(const std::filesystem::path& file, unsigned uid, const std::function<Secret(const Secret&)>& change);

}  // namespace pwreset
