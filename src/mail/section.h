// The section [mail] of the configuration: who our mails come from, what takes them, and how fast.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/rate.h"
#include "src/mail/relay.h"

namespace pwreset {

class ConfigText;

/// The relay that is asked first is a part of it.
struct MailConfig : RelayConfig {
    enum class Transport { smtp, maildir };
    Transport transport = Transport::smtp;
    std::string from_address;
    std::string from_name;
    std::string reply_to;
    std::filesystem::path maildir;        ///< maildir only
    int connections = 4;                  ///< at the same time, of a worker that has enough to send
    std::vector<RelayConfig> others;      ///< asked in this order while the first is away
    std::optional<Rate> rate;             ///< of a worker's mails; nothing: as fast as they are taken
    std::map<std::string, Rate> domains;  ///< the same of mails to a domain, in small letters and punycode
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> mail_keys();
/// The password stays empty when there is no `source`. Throws Error CONFIG.
MailConfig read_mail(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
