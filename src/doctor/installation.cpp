#include "src/doctor/installation.h"

#include <pwd.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>

namespace pwreset {

namespace {

namespace fs = std::filesystem;

constexpr const char* configuration_area = "configuration";

std::string octal(mode_t mode) {
    std::array<char, 8> digits{};
    std::snprintf(digits.data(), digits.size(), "%04o", static_cast<unsigned>(mode & 07777U));
    return digits.data();
}

std::string user_name(uid_t uid) {
    const passwd* entry = ::getpwuid(uid);
    return entry ? entry->pw_name : std::to_string(uid);
}

/// Whether a person without any rights gets as far as the file.
bool reachable_by_all(const fs::path& file) {
    for (fs::path folder = file.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
        struct stat status {};
        if (::stat(folder.c_str(), &status) != 0 || (status.st_mode & S_IXOTH) == 0) return false;
    }
    return true;
}

Check judge_file(const fs::path& configured) {
    const fs::path file = fs::absolute(configured);
    const std::string name = "'" + file.string() + "'";
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return problem(configuration_area, "cannot look at " + name, "check the path");
    if ((status.st_mode & S_IROTH) != 0 && reachable_by_all(file)) {
        return warning(configuration_area,
                       "everybody on this host can read " + name + ": it names logins and operators",
                       "chmod o-r " + name);
    }
    return fine(configuration_area, name + " belongs to '" + user_name(status.st_uid) + "', mode " +
                                        octal(status.st_mode) + ", and nobody else can write it");
}

Check judge_user(const Env& env, const Operator& who, const Config& config) {
    const std::string us = user_name(env.effective_uid);
    const std::string finding = "runs as '" + us + "' for operator '" + who.name + "'";
    const bool of_the_system = config.file.string().starts_with("/etc/pwreset/") && ::getpwnam(service_user);
    if (!of_the_system || us == service_user) return fine(configuration_area, finding);
    return warning(configuration_area, finding + ": what this user can read, '" + service_user + "' may not",
                   std::string("sudo -u ") + service_user + " pwreset doctor --config " + config.file.stem().string());
}

Checks judge_passwords(const Config& config) {
    std::vector<std::string> read;
    if (!config.database.password.empty()) read.emplace_back("the database");
    if (!config.mail.password.empty()) read.emplace_back("the relay");
    Checks checks;
    if (!read.empty()) {
        checks.push_back(
            fine(configuration_area, "the files with the password of " + listed(read) + " are closed to others"));
    }
    if (!config.database.hosts.empty() && config.database.password.empty()) {
        checks.push_back(warning(configuration_area,
                                 "no password for the login '" + config.database.user + "' at the database",
                                 "give it one, and write password_file in [database]"));
    }
    return checks;
}

/// "shop.example" of "www.shop.example": as a rule what one owner has.
std::string last_labels(const std::string& host) {
    const auto last = host.rfind('.');
    if (last == host.npos || last == 0) return host;
    const auto before = host.rfind('.', last - 1);
    return before == host.npos ? host : host.substr(before + 1);
}

}  // namespace

std::string host_of_link(const std::string& link) {
    const auto scheme = link.find("://");
    if (scheme == link.npos) return {};
    const std::string rest = link.substr(scheme + 3);
    if (rest.starts_with("[")) return rest.substr(0, rest.find(']') + 1);
    return rest.substr(0, rest.find_first_of(":/?#"));
}

Checks judge_link(const ResetConfig& reset, const std::string& sender) {
    const std::string host = host_of_link(reset.link);
    Checks checks{fine(configuration_area, "links to '" + host + "' live " + duration_text(reset.link_lifetime) +
                                               ", codes " + duration_text(reset.code_lifetime))};
    if (!reset.link.starts_with("https://")) {
        checks.push_back(warning(configuration_area, "the link in the mail is not https: it works on this host only",
                                 "write link = \"https://...\" in [reset]"));
    }
    const std::string domain = sender.substr(sender.rfind('@') + 1);
    if (last_labels(host) != last_labels(domain)) {
        checks.push_back(fine(configuration_area, "the mail comes from '" + domain + "', its link leads to '" + host +
                                                      "': users may wonder"));
    }
    return checks;
}

Checks check_installation(const Env& env, const Operator& who, const Config& config) {
    Checks checks{judge_file(config.file), judge_user(env, who, config)};
    for (auto& check : judge_passwords(config)) checks.push_back(std::move(check));
    for (auto& check : judge_link(config.reset, config.mail.from_address)) checks.push_back(std::move(check));
    return checks;
}

}  // namespace pwreset
