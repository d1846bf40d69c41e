// The files that templates are made of: the built-in ones, and a site's own in their place.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/message/message.h"

namespace pwreset {

/// One file, read and not yet checked.
struct TemplateSource {
    Message message;
    std::string part;
    std::string locale;
    std::filesystem::path path;  ///< of the site's file; empty when built in
    std::string text;

    /// As errors name it.
    std::string name() const;
};

/// "en/reset-link.txt" → the file that is used for it.
using TemplateSources = std::map<std::string, TemplateSource>;

std::string source_key(std::string_view locale, Message message, std::string_view part);

/// The built-in files, each replaced by `<overrides>/<locale>/<name>.<part>` where there is one (the folder may be
/// empty). What is wrong with the folder goes to `faults`, each an Error CONFIG: a folder or file that cannot be read
/// or that somebody else could write, a file named after no message, a folder of templates that no language tag names
/// or that names a language again, a message with a part missing.
TemplateSources read_sources(const std::filesystem::path& overrides, std::vector<Error>& faults);
/// The locales in which there is the message; without one, those in which there is any.
std::vector<std::string> locales_of(const TemplateSources& sources, Message message);
std::vector<std::string> locales_of(const TemplateSources& sources);

/// An editor's line ends and byte order mark are not part of the message.
std::string tidy(std::string_view text);

}  // namespace pwreset
