// A profile in plain words, for whoever has to decide about it: whose accounts, who is refused, what is drawn, mailed
// and stored, how long it lives and what ends it. Names and rules alone, never a value.
#pragma once

#include <string>
#include <vector>

#include "src/apps/profile.h"

namespace pwreset {

/// A sentence, and the word that it is about: "accounts", "stored".
struct ExplainedLine {
    std::string about;
    std::string text;
};

/// What the profile and the configuration that stands on it mean.
std::vector<ExplainedLine> explain(const Config& config, const Profile& profile);

/// What an answer has to tell of each link that was issued, as it is weaker than pwreset's own: none of the native
/// contract.
std::vector<std::string> notes_on_links(const Profile& profile);

}  // namespace pwreset
