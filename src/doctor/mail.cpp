#include "src/doctor/mail.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <system_error>

#include "src/doctor/server.h"
#include "src/transport/transport.h"

namespace pwreset {

namespace {

namespace fs = std::filesystem;

constexpr const char* mail_area = "mail";

/// The nearest folder that is there: whoever may write it can make the rest.
fs::path nearest_folder(fs::path folder) {
    std::error_code ignored;
    while (folder.has_relative_path() && !fs::exists(folder, ignored)) folder = folder.parent_path();
    return folder;
}

Check judge_maildir(const fs::path& folder) {
    const std::string name = "'" + folder.string() + "'";
    for (const fs::path& part : {folder / "tmp", folder / "new"}) {
        const fs::path there = nearest_folder(part);
        if (::access(there.c_str(), W_OK | X_OK) == 0) continue;
        return problem(mail_area, "the maildir " + name + " cannot be written",
                       "make it the property of the user pwreset runs as");
    }
    return warning(mail_area, "mail is written into the folder " + name + " and reaches nobody",
                   "write transport = \"smtp\" in [mail], unless this is for trying things out");
}

std::string login_words(const MailConfig& config) {
    return config.user.empty() ? ", no login wanted" : ", login of '" + config.user + "' accepted";
}

Check judge_relay(const MailConfig& config, const std::string& relay) {
    if (config.tls != Tls::off) {
        return fine(mail_area, relay + ": TLS, certificate and host name verified" + login_words(config));
    }
    if (is_loopback(config.host)) {
        return fine(mail_area, relay + ": plain text, which does not leave this host" + login_words(config));
    }
    return warning(mail_area, relay + ": tls = \"off\": links and codes cross the network in the open",
                   "remove tls from [mail], or use a relay on this host");
}

}  // namespace

Checks check_mail(const Env& env, const Config& whole) {
    const MailConfig& config = whole.mail;
    if (config.transport == MailConfig::Transport::maildir) return {judge_maildir(config.maildir)};
    const auto began = std::chrono::steady_clock::now();
    env.open_transport(whole, Channel::email).reset();
    const auto took = std::chrono::steady_clock::now() - began;
    const auto ms = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    return {judge_relay(config,
                        "relay '" + config.host + ":" + std::to_string(config.port) + "' answered in " + ms + " ms")};
}

}  // namespace pwreset
