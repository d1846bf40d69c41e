// The section [database] of the configuration: how the server is reached.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/time.h"
#include "src/net/tls.h"
#include "src/secrets/named_secret.h"

namespace pwreset {

class ConfigText;
struct SecretSource;

struct DatabaseConfig {
    enum class Kind { mysql, sqlite };
    Kind kind = Kind::mysql;
    std::vector<std::string> hosts;  ///< tried in order; empty when a socket is used
    int port = 3306;
    bool port_given = false;  ///< then "localhost" is a host: without a port it means the local server's socket
    std::string socket;
    std::string name;    ///< the schema with the application's tables
    std::string schema;  ///< the schema with pwreset's own tables; empty = the same
    std::string user;
    NamedSecret password;
    Tls tls = Tls::implicit;
    std::string tls_ca;          ///< PEM file; empty = the system's store
    std::filesystem::path path;  ///< sqlite only
    Seconds connect_timeout{5};
    Seconds read_timeout{30};
    Seconds write_timeout{30};
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> database_keys();
/// The password stays empty when there is no `source`. Throws Error CONFIG.
DatabaseConfig read_database(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
