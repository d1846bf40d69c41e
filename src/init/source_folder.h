// The folder of an application, out of which files are read: they belong to somebody else, so no link in it is
// followed, nothing waits for a pipe, and sizes are bounded.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "src/base/secret.h"

namespace pwreset {

class SourceFolder {
public:
    /// Opens it; a link that is named itself is followed, none below it. Throws Error IO_ERROR.
    explicit SourceFolder(const std::filesystem::path& folder);
    ~SourceFolder();
    SourceFolder(const SourceFolder&) = delete;
    SourceFolder& operator=(const SourceFolder&) = delete;

    /// The content of a file by its path from the folder ("config/database.yml"); nothing where there is none. Throws
    /// Error INVALID_INPUT for a link, for what is no file, for a path that leaves the folder and for more than 1 MiB;
    /// IO_ERROR for what cannot be read.
    std::optional<Secret> read(const std::string& path) const;
    const std::filesystem::path& path() const { return folder_; }

private:
    std::filesystem::path folder_;
    int descriptor_;
};

}  // namespace pwreset
