#include "src/doctor/templates.h"

#include <filesystem>

#include "src/account/identity.h"
#include "src/message/templates.h"
#include "src/secret_file.h"

namespace pwreset {

namespace {

namespace fs = std::filesystem;

constexpr const char* area = "templates";

bool is_part(const fs::path& file) {
    const auto part = file.extension();
    return part == ".subject" || part == ".txt" || part == ".html";
}

/// Throws where somebody else could have written one of the site's files; the number of files.
std::size_t trusted_files(const Env& env, const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry :
         fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink)) {
        if (entry.is_directory() || !is_part(entry.path())) continue;
        read_trusted(entry.path(), Trust::configuration, env.effective_uid);
        ++count;
    }
    return count;
}

std::string language(const std::string& locale) { return ascii_lower(locale.substr(0, locale.find_first_of("-_"))); }

}  // namespace

Checks check_templates(const Env& env, const TextConfig& config) {
    const Templates templates(config.templates);
    std::string finding = std::to_string(all_messages.size()) + " messages in " + listed(templates.locales());
    if (!config.templates.empty()) {
        finding += ", " + std::to_string(trusted_files(env, config.templates)) + " of the parts from '" +
                   config.templates.string() + "'";
    }
    Checks checks{fine(area, finding)};
    const std::string used = templates.resolve(config.locale, "");
    if (language(config.locale) != language(used)) {
        checks.push_back(warning(area,
                                 "no templates in '" + config.locale + "' ('text.locale'): '" + used + "' is used",
                                 "add them to the folder of 'text.templates'"));
    }
    return checks;
}

}  // namespace pwreset
