#include "src/config/load.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "src/base/caller.h"
#include "src/base/env.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/trusted_file.h"
#include "src/config/application.h"
#include "src/config/profile.h"
#include "src/config/sections.h"
#include "src/secrets/secrets.h"
#include "src/toml/reader.h"

namespace pwreset {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".toml";

std::string shown_path(const fs::path& path) { return "'" + printable(path.native()) + "'"; }

bool is_path(const std::string& name) {
    return name.find('/') != std::string::npos || fs::path(name).extension() == suffix;
}

/// The names, without ".toml", of the configurations in the folder, sorted.
std::vector<std::string> configurations(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const fs::path& path = entry->path();
        if (path.extension() == suffix && path.filename().native().front() != '.') names.push_back(path.stem());
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        throw config_error("cannot read folder " + shown_path(folder) + ": " + error.message(),
                           "run pwreset as the user whose configuration it is, or name a file with --config");
    }
    std::sort(names.begin(), names.end());
    return names;
}

fs::path only_configuration(const fs::path& folder) {
    const std::vector<std::string> names = configurations(folder);
    if (names.empty()) {
        throw config_error("no configuration in " + shown_path(folder), "name a file with --config FILE");
    }
    if (names.size() == 1) return folder / (names.front() + std::string(suffix));
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + printable(name);
    throw config_error("several configurations in " + shown_path(folder) + ": " + list,
                       "choose one with --config NAME, such as --config " + printable(names.front()));
}

}  // namespace

fs::path config_path(const Env& env, const std::string& name, const fs::path& folder) {
    if (name.empty()) return only_configuration(folder);
    if (!is_path(name)) return folder / (name + std::string(suffix));
    if (!acts_for_another(env)) return name;
    throw forbidden("configuration named by its path: " + shown_path(name),
                    "write --config NAME for the file NAME.toml in " + shown_path(folder));
}

SecretSource secret_source(const Env& env) { return {env.effective_uid, env.variable("CREDENTIALS_DIRECTORY")}; }

Config load_config(const Env& env, const std::string& name) {
    const fs::path file = config_path(env, name);
    const Secret content = read_trusted(file, Trust::configuration, env.effective_uid);
    const SecretSource source = secret_source(env);
    Config config = read_sections(std::make_shared<ConfigText>(content.reveal(), file, known_keys()), &source);
    config.owner = owner_of(file);
    return config;
}

std::vector<std::string> applications_beside(const Env& env, const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::vector<std::string> applications;
    for (const std::string& name : configurations(folder)) {
        const fs::path other = folder / (name + std::string(suffix));
        try {
            const Secret content = read_trusted(other, Trust::configuration, env.effective_uid);
            applications.push_back(read_application(ConfigText(content.reveal(), other, known_keys())));
        } catch (const Error&) {
            // What this user may not read, or nobody could use, names no application.
        }
    }
    return applications;
}

Config parse_config(std::string_view text, const fs::path& file, bool read_secrets) {
    const auto parsed = std::make_shared<ConfigText>(text, file, known_keys());
    if (!read_secrets) return read_sections(parsed, nullptr);
    SecretSource source{::geteuid(), std::nullopt};
    if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) source.credentials = folder;
    return read_sections(parsed, &source);
}

std::vector<std::string> config_keys() {
    std::vector<std::string> keys;
    for (const auto key : known_keys()) {
        const auto profile = profile_keys();
        if (std::find(profile.begin(), profile.end(), key) == profile.end()) keys.emplace_back(key);
    }
    return keys;
}

}  // namespace pwreset
