#include "src/operator/operator.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

uid_t operator_uid(const Env& env) {
    const auto* own = ::getpwnam(service_user);
    const bool sudo_may_speak = env.uid == 0 || (own && own->pw_uid == env.uid);
    const auto text = env.variable("SUDO_UID");
    if (!sudo_may_speak || !text) return env.uid;
    uid_t uid = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), uid);
    return fault == std::errc() && end == text->data() + text->size() ? uid : env.uid;
}

std::vector<std::string> groups_of(const passwd& person) {
    int count = 64;
    std::vector<gid_t> ids(static_cast<std::size_t>(count));
    if (::getgrouplist(person.pw_name, person.pw_gid, ids.data(), &count) < 0) {
        ids.resize(static_cast<std::size_t>(count));
        ::getgrouplist(person.pw_name, person.pw_gid, ids.data(), &count);
    }
    ids.resize(static_cast<std::size_t>(count));
    std::vector<std::string> names;
    for (const gid_t id : ids) {
        if (const auto* found = ::getgrgid(id)) names.emplace_back(found->gr_name);
    }
    return names;
}

std::optional<std::string> login_uid() {
    std::ifstream file("/proc/self/loginuid");
    std::string text;
    // 4294967295 is (uid_t) -1: nobody logged in, as under cron.
    if (!(file >> text) || text == "4294967295") return {};
    return text;
}

/// Whether answers, tables and the journal can show it as it is, and a column of 255 characters has it whole.
bool can_be_shown(const std::string& name) {
    return !name.empty() && name.size() <= longest_operator_name && printable(name) == name;
}

bool holds(const std::vector<std::string>& capabilities, Capability wanted) {
    return std::find(capabilities.begin(), capabilities.end(), word_of(wanted)) != capabilities.end();
}

}  // namespace

Operator find_operator(const Env& env) {
    Operator who;
    who.uid = operator_uid(env);
    who.login_uid = login_uid();
    who.name = "uid:" + std::to_string(who.uid);
    const auto* person = ::getpwuid(who.uid);
    if (!person) return who;
    const passwd copy = *person;
    if (can_be_shown(copy.pw_name)) who.name = copy.pw_name;
    who.groups = groups_of(copy);
    return who;
}

bool may(Capability capability, const Operator& who, const Config& config) {
    if (!config.operators) return who.uid == config.owner || who.uid == 0;
    return std::any_of(config.operators->begin(), config.operators->end(), [&](const auto& entry) {
        const auto& [principal, capabilities] = entry;
        const bool is_group = std::find(who.groups.begin(), who.groups.end(), principal) != who.groups.end();
        return (is_group || principal == "user:" + who.name) && holds(capabilities, capability);
    });
}

void require(Capability capability, const Operator& who, const Config& config) {
    if (may(capability, who, config)) return;
    if (!config.operators) {
        throw forbidden("operator '" + who.name + "' does not own this configuration",
                        "give a group capabilities in [operators]");
    }
    throw forbidden("operator '" + who.name + "' lacks the capability '" + std::string(word_of(capability)) + "'",
                    "an administrator can give it to one of your groups in [operators]");
}

}  // namespace pwreset
