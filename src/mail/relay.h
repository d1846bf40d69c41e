// One relay of the section [mail]: where it is, how it is spoken to, who we are there.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "src/base/time.h"
#include "src/net/tls.h"
#include "src/secrets/named_secret.h"

namespace pwreset {

class Section;
struct SecretSource;

struct RelayConfig {
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
};

/// Reads the keys of a relay into `relay`; what is not written stays as it is there, but for the login. The password
/// stays empty when there is no `source`. Throws Error CONFIG.
void read_relay(const Section& section, const SecretSource* source, RelayConfig& relay);
/// The span that each answer of a relay may take. Throws Error CONFIG.
Seconds read_relay_timeout(const Section& section, Seconds fallback);

}  // namespace pwreset
