#include "src/proof/silenced_form.h"

#include "src/toml/reader.h"

namespace pwreset {

std::optional<Error> silenced_form(const Config& config, const Profile& profile) {
    if (profile.blocks_form.empty()) return {};
    if (config.text_of_file && Section(*config.text_of_file, "reset").flag("accept_blocked_form", false)) return {};
    return config_error("a link for a web page would silence the application's own form: " + profile.blocks_form,
                        "write accept_blocked_form = true into [reset] if that is to be so all the same");
}

}  // namespace pwreset
