// The section [mail] of the configuration: who our mails come from, and what takes them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "src/base/secret.h"
#include "src/base/time.h"
#include "src/config/tls.h"

namespace pwreset {

class ConfigText;
struct SecretSource;

struct MailConfig {
    enum class Transport { smtp, maildir };
    Transport transport = Transport::smtp;
    std::string from_address;
    std::string from_name;
    std::string reply_to;
    std::string host;
    int port = 587;
    Tls tls = Tls::starttls;
    std::string tls_ca;  ///< PEM file; empty = the system's store
    std::string user;
    Secret password;
    std::string helo;               ///< the name we greet with; empty = this host's
    Seconds timeout{30};            ///< for each answer of the relay
    std::filesystem::path maildir;  ///< maildir only
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> mail_keys();
/// The password stays empty when there is no `source`. Throws Error CONFIG.
MailConfig read_mail(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
