#include "src/apps/preset.h"

#include <utility>

#include "src/base/error.h"
#include "src/base/suggestion.h"
#include "src/config/load.h"
#include "src/config/profile.h"

namespace pwreset {

namespace {

/// The least that a configuration has to say, and nothing that a profile says.
std::string around_preset(const std::string& name, std::string_view preset) {
    const auto has = [&](std::string_view text) { return preset.find(text) != preset.npos; };
    std::string text =
        "application = \"preset\"\n[database]\nhost = \"localhost\"\nname = \"application\"\nuser = \"pwreset\"\n"
        "[mail]\nfrom = \"no-reply@application.example\"\nhost = \"localhost\"\n[users]\nprofile = \"" +
        name + "\"\n";
    if (!has("\nprotected = ")) text += "protected = []\n";
    text += "[reset]\naccept_burn = true\naccept_sign_in = true\n";
    if (has("\"{base}")) text += "base = \"https://application.example\"\n";
    if (name == "native") text += "link = \"https://application.example/reset/{token}\"\n";
    return text;
}

}  // namespace

Preset preset_by_name(const std::string& name) {
    const auto text = preset_text(name);
    if (text.empty()) {
        const auto names = preset_names();
        const std::string near = nearest(name, {names.begin(), names.end()});
        throw usage_error("no preset of that name",
                          near.empty() ? "'pwreset profile list' shows them" : "did you mean '" + near + "'?");
    }
    Config config = parse_config(around_preset(name, text), "/etc/pwreset/preset.toml", false);
    Profile profile = read_profile(config, nullptr);
    return {std::move(config), std::move(profile)};
}

}  // namespace pwreset
