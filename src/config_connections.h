// The sections of the configuration that lead out of the machine: the database, the relay, and their passwords.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "src/config.h"
#include "src/config_reader.h"

namespace pwreset {

/// Where passwords come from.
struct SecretSource {
    uid_t uid = 0;                                     ///< us: whose files are trusted beside root's
    std::optional<std::filesystem::path> credentials;  ///< $CREDENTIALS_DIRECTORY of systemd
};

/// The sections [database] and [mail]. Passwords stay empty when there is no `source`. Throws Error CONFIG.
DatabaseConfig read_database(const ConfigText& text, const SecretSource* source);
MailConfig read_mail(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
