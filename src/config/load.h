// From a configuration file, or its text, to the Config that everything works with.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/config/config.h"
#include "src/secrets/secrets.h"

namespace pwreset {

struct Env;

/// Where the secrets of a configuration come from.
SecretSource secret_source(const Env& env);
/// Reads the file that `--config` names: a path, or a bare NAME for /etc/pwreset/NAME.toml. With an empty `name` the
/// only *.toml file in /etc/pwreset is taken. Throws Error CONFIG with file, line, column and the remedy.
Config load_config(const Env& env, const std::string& name);
/// The file that `--config NAME` means, looked for in `folder` unless it is a path. Throws Error FORBIDDEN for a path
/// when pwreset runs for somebody else, Error CONFIG when there is no file, or a choice of files, and no name.
std::filesystem::path config_path(const Env& env, const std::string& name,
                                  const std::filesystem::path& folder = "/etc/pwreset");
/// The applications of the configurations in the folder of `file`, its own among them, as far as they may be read.
/// Throws Error CONFIG where the folder may not.
std::vector<std::string> applications_beside(const Env& env, const std::filesystem::path& file);
/// Validates configuration text; `file` is for messages and for relative paths. The pure part, for tests and fuzzing;
/// secret files are read (root's and this process's own only) only when `read_secrets`.
Config parse_config(std::string_view text, const std::filesystem::path& file, bool read_secrets);
/// Every key the configuration knows, as "section.key", in the order of the manual: what the manual is checked against.
std::vector<std::string> config_keys();

}  // namespace pwreset
