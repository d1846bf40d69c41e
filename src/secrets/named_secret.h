// A secret that the configuration names, and what its file held when it was read last.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/secret.h"
#include "src/base/trusted_file.h"

namespace pwreset {

/// Where a secret stands, and what it is held to whenever it is read.
struct SecretPlace {
    std::string key;  ///< what names it: "mail.password_file"
    std::filesystem::path file;
    Trust trust = Trust::secret;
    uid_t uid = 0;          ///< us: whose file it may be, beside root's
    std::string word;       ///< what it is: "password"
    bool one_word = false;  ///< it goes into a header or a URL: ASCII without blanks
    bool passed = false;    ///< by systemd, which passes a changed one when the unit is started again
};

/// The configuration is const; what the files hold that it names is not, and a process may outlive it. So copies share
/// what was read, and renew() changes it for all of them. Without a place it is as it was given.
class NamedSecret {
public:
    NamedSecret() : NamedSecret(Secret()) {}
    NamedSecret(Secret bytes);
    /// Reads it. Throws Error CONFIG, which does not repeat what is there.
    explicit NamedSecret(SecretPlace place);

    /// The view must not outlive the next renew().
    std::string_view reveal() const { return held_->bytes.reveal(); }
    bool empty() const { return held_->bytes.empty(); }
    /// Null where nothing names it.
    const SecretPlace* place() const { return held_->place ? &*held_->place : nullptr; }
    /// Reads it again, under the same rules; true when it is another one. False, too, where nothing names it. Throws
    /// Error CONFIG, and keeps what it had.
    bool renew() const;

private:
    struct Held {
        Secret bytes;
        std::optional<SecretPlace> place;
    };
    std::shared_ptr<Held> held_;
};

}  // namespace pwreset
