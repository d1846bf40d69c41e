#include "src/doctor/operators.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>

#include "src/base/error.h"
#include "src/operator/operator.h"

namespace pwreset {

namespace {

constexpr const char* operator_area = "operators";

bool exists_here(const std::string& principal) {
    constexpr std::string_view user = "user:";
    if (principal.starts_with(user)) return ::getpwnam(principal.substr(user.size()).c_str()) != nullptr;
    return ::getgrnam(principal.c_str()) != nullptr;
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
        if (exists_here(principal)) continue;
        checks.push_back(warning(operator_area, "'" + principal + "' of [operators] does not exist on this host",
                                 "create it, or correct the name"));
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

}  // namespace pwreset
