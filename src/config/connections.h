// The sections of the configuration that lead out of the machine: the database, the relay, and their passwords.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "src/config/config.h"
#include "src/config/reader.h"

namespace pwreset {

/// Where passwords come from.
struct SecretSource {
    uid_t uid = 0;                                     ///< us: whose files are trusted beside root's
    std::optional<std::filesystem::path> credentials;  ///< $CREDENTIALS_DIRECTORY of systemd
};

/// The secret that WORD_file or WORD_credential names; empty when neither does, or there is no `source`. Throws Error
/// CONFIG.
Secret read_named_secret(const Section& section, const SecretSource* source, const std::string& word);
/// The path of 'tls_ca', looked at: whoever can write the file can be the server. Throws Error CONFIG.
std::string read_authorities(const Section& section, const SecretSource* source);

/// The sections [database] and [mail]. Passwords stay empty when there is no `source`. Throws Error CONFIG.
DatabaseConfig read_database(const ConfigText& text, const SecretSource* source);
MailConfig read_mail(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
