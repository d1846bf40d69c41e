// What the commands below `template` share: the folder they look at.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cmd/command.h"

namespace pwreset {

struct TemplateOptions {
    std::optional<std::string> folder;
};

/// Binds --folder.
void bind_folder(CommandLine& line, TemplateOptions& options);
/// The folder with the site's own templates; empty when there is none. Throws Error FORBIDDEN where the operator may
/// not choose files.
std::filesystem::path folder_of(const TemplateOptions& options, const Stage& stage);

}  // namespace pwreset
