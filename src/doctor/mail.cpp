#include "src/doctor/mail.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <system_error>

#include "src/doctor/server.h"

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

/// Less than this, and a letter with a picture of the site's own does not fit.
constexpr std::size_t small_mail = 64 * 1024;

/// "mails of up to 10485760 bytes, 100 in a connection; no SMTPUTF8 …"
std::string taken_words(const Rehearsal& rehearsal) {
    std::string text = "takes mails of any size";
    if (rehearsal.largest > 0) text = "takes mails of up to " + std::to_string(rehearsal.largest) + " bytes";
    if (rehearsal.mails > 0) text += ", " + std::to_string(rehearsal.mails) + " in a connection";
    return text + (rehearsal.smtputf8 ? ", to addresses beyond ASCII too (SMTPUTF8)"
                                      : "; no SMTPUTF8: an address beyond ASCII before its '@' cannot be mailed");
}

std::string remedy_for(const MailConfig& config, Concern concern) {
    const bool no_login = config.user.empty();
    switch (concern) {
        case Concern::login:
            return no_login ? "write user and password_file in [mail]" : "check mail.user and what it may send";
        case Concern::sender:
            return "mail.from must be an address that this login may send as";
        case Concern::policy:
        case Concern::routing:
            return no_login ? "the relay may want a login (mail.user), or this host among those it takes mail from"
                            : "ask whoever runs the relay; this host or login is not let through";
        case Concern::quota:
            return "wait, or ask whoever runs the relay for more";
        case Concern::recipient:
        case Concern::smtputf8:
        case Concern::size:
        case Concern::relay:
            break;
    }
    return "ask whoever runs the relay";
}

Check judge_refusal(const MailConfig& config, const Rehearsal& rehearsal) {
    const SendResult& refusal = *rehearsal.refusal;
    const std::string at = rehearsal.at_recipient ? "RCPT" : "MAIL";
    if (rehearsal.at_recipient && refusal.concern == Concern::recipient)
        return warning(mail_area,
                       "relay '" + config.host + "' does not take mail to the sender '" + config.from_address +
                           "', so bounces are lost: " + refusal.answer,
                       "make it a mailbox, or put one of yours in mail.from");
    const Concern concern = refusal.concern.value_or(Concern::relay);
    const std::string finding =
        refusal_words(concern, config.host, config.from_address) + ", at " + at + ": " + refusal.answer;
    const bool for_now = refusal.answer.starts_with('4');
    return for_now ? warning(mail_area, finding, remedy_for(config, concern))
                   : problem(mail_area, finding, remedy_for(config, concern));
}

}  // namespace

Checks judge_rehearsal(const MailConfig& config, const Rehearsal& rehearsal) {
    Checks checks;
    if (rehearsal.refusal) checks.push_back(judge_refusal(config, rehearsal));
    const std::string taken = "relay '" + config.host + "' " + taken_words(rehearsal);
    const bool small = rehearsal.largest > 0 && rehearsal.largest < small_mail;
    checks.push_back(small ? warning(mail_area, taken, "a letter may be larger: ask for more, or shorten the templates")
                           : fine(mail_area, taken));
    return checks;
}

Checks check_mail(const Env& env, const Config& whole) {
    const MailConfig& config = whole.mail;
    if (config.transport == MailConfig::Transport::maildir) return {judge_maildir(config.maildir)};
    const auto began = std::chrono::steady_clock::now();
    const auto transport = env.open_transport(whole, Channel::email);
    const auto took = std::chrono::steady_clock::now() - began;
    const auto ms = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    Checks checks{judge_relay(
        config, "relay '" + config.host + ":" + std::to_string(config.port) + "' answered in " + ms + " ms")};
    if (const auto rehearsal = transport->rehearse(config.from_address))
        for (Check& check : judge_rehearsal(config, *rehearsal)) checks.push_back(std::move(check));
    return checks;
}

}  // namespace pwreset
