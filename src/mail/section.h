// The section [mail] of the configuration: who our mails come from, and what takes them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "src/base/time.h"
#include "src/net/tls.h"
#include "src/secrets/named_secret.h"

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
    NamedSecret password;
    std::filesystem::path token_file;  ///< OAuth: read anew at each connection; empty = a password, or no login
    uid_t token_reader = 0;            ///< us: whose file it may be, beside root's
    int per_connection = 10;           ///< mails, then another connection is opened; 0 = no limit of ours
    std::string helo;                  ///< the name we greet with; empty = this host's
    Seconds timeout{30};               ///< for each answer of the relay
    std::filesystem::path maildir;     ///< maildir only
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> mail_keys();
/// The password stays empty when there is no `source`. Throws Error CONFIG.
MailConfig read_mail(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
