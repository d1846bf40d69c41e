#include "src/config/limits.h"

#include <algorithm>

#include "src/config/rates.h"
#include "src/toml/reader.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

}  // namespace

std::span<const std::string_view> limits_keys() {
    static constexpr std::string_view keys[] = {"limits.cooldown",     "limits.per_account", "limits.per_recipient",
                                                "limits.per_operator", "limits.lookups",     "limits.agents",
                                                "limits.web",          "limits.jobs",        "limits.unapproved"};
    return keys;
}

LimitsConfig read_limits(const ConfigText& text, Seconds retention) {
    const Section section(text, "limits");
    LimitsConfig limits;
    limits.cooldown = section.span("cooldown", limits.cooldown, 0s, std::min<Seconds>(24h, retention));
    limits.per_account = read_rate(section, "per_account", limits.per_account, retention);
    limits.per_recipient = read_rate(section, "per_recipient", limits.per_recipient, retention);
    limits.per_operator = read_rate(section, "per_operator", limits.per_operator, retention);
    limits.lookups = read_rate(section, "lookups", limits.lookups, retention);
    limits.agents = read_rate(section, "agents", limits.agents, retention);
    limits.web = read_rate(section, "web", limits.web, retention);
    limits.jobs = read_rate(section, "jobs", limits.jobs, retention);
    limits.unapproved = read_rate(section, "unapproved", limits.unapproved, retention);
    return limits;
}

}  // namespace pwreset
