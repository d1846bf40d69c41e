// The applications whose files can be read: a reader each, pure, from texts to facts.
#pragma once

#include <optional>
#include <string>

#include "src/init/facts.h"

namespace pwreset {

/// Nothing where the folder is not this application's. Throw Error CONFIG where it is, and pwreset cannot serve it.
std::optional<Facts> read_wordpress(const Files& files);
std::optional<Facts> read_ghost(const Files& files);
std::optional<Facts> read_laravel(const Files& files);
std::optional<Facts> read_symfony(const Files& files);
std::optional<Facts> read_rails(const Files& files);
std::optional<Facts> read_django(const Files& files);
std::optional<Facts> read_strapi(const Files& files);

/// The facts of whatever application the folder holds. Throws Error INVALID_INPUT where it is none of these.
Facts read_application_files(const Files& files);
/// For texts: "Laravel, Symfony, …".
std::string readable_applications();

}  // namespace pwreset
