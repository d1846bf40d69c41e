// A link as somebody presents it to the application: whether it would be taken now and, if not, why not, as far as what
// the application keeps tells. Application::take() and Application::held() are in taking.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/time.h"

namespace pwreset {

/// The views must outlive it.
struct PresentedLink {
    std::string_view token;  ///< what stands at {token}, decoded
    const std::vector<std::pair<std::string, std::string>>& places;
};

struct Taken {
    enum class Verdict {
        valid,
        not_yet,  ///< it was issued ahead of now, and the application refuses that
        expired,
        superseded,  ///< the application holds another one, and only one at a time
        changed,     ///< it was made for the account as it was before
        gone,        ///< the application holds nothing of it
    };
    Verdict verdict = Verdict::gone;
    std::string account{};
    std::optional<Time> issued{}, expires{};  ///< by the application's own clock
    bool endless = false;                     ///< nothing ends it but its use

    /// Whether it follows from what is not there: used, withdrawn and never issued look the same.
    bool inferred() const { return verdict >= Verdict::superseded; }
};
/// The word of the contract: "superseded".
std::string_view word_of(Taken::Verdict verdict);

/// A token that the application's tables hold.
struct HeldToken {
    std::optional<Time> issued, expires;  ///< by the application's own clock
    std::optional<std::string> app_ref;   ///< SHA-256 of what is held, raw; what our ledger has of ours
};

}  // namespace pwreset
