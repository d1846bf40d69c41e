// Secrets that the configuration names, and never holds: in files, or as credentials of systemd.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "src/secrets/named_secret.h"
#include "src/toml/reader.h"

namespace pwreset {

/// Where passwords come from.
struct SecretSource {
    uid_t uid = 0;                                     ///< us: whose files are trusted beside root's
    std::optional<std::filesystem::path> credentials;  ///< $CREDENTIALS_DIRECTORY of systemd
};

/// Refuses a secret that stands in the file itself: the natural mistake. Throws Error CONFIG.
void refuse_passwords(const ConfigText& text);
/// True when WORD_file or WORD_credential is given.
bool names_secret(const Section& section, const std::string& word);
/// The secret that WORD_file or WORD_credential names, or (without a word) file or credential; empty when neither does,
/// or there is no `source`. Throws Error CONFIG.
NamedSecret read_named_secret(const Section& section, const SecretSource* source, const std::string& word);
/// Looks whether the file that a key names may be trusted with a secret; it is read for good elsewhere. Throws Error
/// CONFIG.
void check_secret_file(const Section& section, const SecretSource& source, const std::string& key);
/// The path of 'tls_ca', looked at: whoever can write the file can be the server. Throws Error CONFIG.
std::string read_authorities(const Section& section, const SecretSource* source);

}  // namespace pwreset
