// What a command may need of its operator: the words of [operators] in the configuration.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace pwreset {

enum class Capability {
    support,          ///< request, send-otp, verify-otp, inspect, list-tokens, revoke of one
    bulk,             ///< the same for several accounts in one call
    breach,           ///< the same for all
    override_limits,  ///< --override-limits
    print_link,
    unmask,      ///< addresses in full; with audit: subject export
    privileged,  ///< --override-protected
    approve,
    audit,     ///< reading the audit trail
    maintain,  ///< deliver, purge-expired, migrate, keys, doctor; with audit: subject erase
    web,       ///< --public only
    freeze,    ///< stops all of that
    unfreeze,
};

constexpr std::array<std::pair<Capability, std::string_view>, 13> capability_words{{
    {Capability::support, "support"},
    {Capability::bulk, "bulk"},
    {Capability::breach, "breach"},
    {Capability::override_limits, "override"},
    {Capability::print_link, "print-link"},
    {Capability::unmask, "unmask"},
    {Capability::privileged, "privileged"},
    {Capability::approve, "approve"},
    {Capability::audit, "audit"},
    {Capability::maintain, "maintain"},
    {Capability::web, "web"},
    {Capability::freeze, "freeze"},
    {Capability::unfreeze, "unfreeze"},
}};

constexpr std::string_view word_of(Capability capability) {
    for (const auto& [value, word] : capability_words) {
        if (value == capability) return word;
    }
    return {};
}

}  // namespace pwreset
