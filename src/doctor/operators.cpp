#include "src/doctor/operators.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "src/base/error.h"
#include "src/operator/operator.h"
#include "src/proof/silenced_form.h"

namespace pwreset {

namespace {

constexpr const char* operator_area = "operators";

constexpr std::string_view user_prefix = "user:";

/// The name of a group or, with "user:", of a user as this host's directories write it; nothing where they have none.
std::optional<std::string> as_written_here(const std::string& principal) {
    if (principal.starts_with(user_prefix)) {
        const auto* found = ::getpwnam(principal.substr(user_prefix.size()).c_str());
        return found ? std::optional(std::string(user_prefix) + found->pw_name) : std::nullopt;
    }
    const auto* found = ::getgrnam(principal.c_str());
    return found ? std::optional<std::string>(found->gr_name) : std::nullopt;
}

/// What else a name may have been meant for, of which this host knows: "%agents" of sudoers(5), a user without "user:".
std::string meant(const std::string& principal) {
    std::string other = std::string(user_prefix) + principal;
    if (principal.starts_with('%')) other = principal.substr(1);
    if (principal.starts_with(user_prefix)) other = principal.substr(user_prefix.size());
    const auto found = as_written_here(other);
    return found ? "write \"" + *found + "\"" : "create it, or correct the name";
}

/// Nothing for a name that this host has, and has like that: it decides by the name that it gives out itself.
std::optional<Check> judge_name(const std::string& principal) {
    const auto here = as_written_here(principal);
    if (!here) {
        return warning(operator_area, "'" + principal + "' of [operators] does not exist on this host",
                       meant(principal));
    }
    if (*here == principal) return {};
    return warning(operator_area,
                   "'" + principal + "' of [operators] is '" + *here + "' to this host, so it means nobody",
                   "write it like that");
}

bool anybody_holds(const Config& config, Capability capability) {
    return std::any_of(config.operators->begin(), config.operators->end(), [&](const auto& entry) {
        return std::find(entry.second.begin(), entry.second.end(), word_of(capability)) != entry.second.end();
    });
}

/// Nothing where there is no such user: then cron and services run as somebody else, whom we do not know.
Checks judge_service_user(const Env& env, const Config& config) {
    const passwd* entry = ::getpwnam(service_user);
    if (!entry) return {};
    Env as_service = env;
    as_service.uid = entry->pw_uid;
    as_service.variable = [](const char*) { return std::nullopt; };
    try {
        require(Capability::maintain, find_operator(as_service), config);
        return {};
    } catch (const Error&) {
        return {warning(operator_area, "the user 'pwreset', as whom cron and services run, lacks 'maintain'",
                        "write \"user:pwreset\" = [\"maintain\"] in [operators]")};
    }
}

}  // namespace

Checks check_operators(const Env& env, const Config& config) {
    if (!config.operators) {
        return {warning(operator_area,
                        "no [operators]: whoever owns the configuration may do everything, and others nothing",
                        "name the groups in [operators], see pwreset.toml(5)")};
    }
    Checks checks;
    for (const auto& [principal, capabilities] : *config.operators) {
        if (auto check = judge_name(principal)) checks.push_back(std::move(*check));
    }
    if (!anybody_holds(config, Capability::support)) {
        checks.push_back(warning(operator_area, "nobody in [operators] has 'support': no reset can be requested",
                                 "give it to the group of your agents"));
    }
    for (auto& check : judge_service_user(env, config)) checks.push_back(std::move(check));
    if (checks.empty()) {
        checks.push_back(fine(operator_area, "everybody named in [operators] exists on this host"));
    }
    return checks;
}

Checks judge_silenced_form(const Config& config, const Profile& profile) {
    const bool web = config.operators && anybody_holds(config, Capability::web);
    if (!web || config.web.email != PublicConfig::Mail::link) return {};
    const auto why = silenced_form(config, profile);
    return why ? Checks{warning("profile", why->message, why->hint)} : Checks{};
}

}  // namespace pwreset
