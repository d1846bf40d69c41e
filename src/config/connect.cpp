#include "src/config/connect.h"

namespace pwreset {

db::ConnectOptions connect_options(const DatabaseConfig& config) {
    db::ConnectOptions options;
    options.kind = config.kind == DatabaseConfig::Kind::sqlite ? db::ConnectOptions::Kind::sqlite
                                                               : db::ConnectOptions::Kind::mysql;
    options.hosts = config.hosts;
    options.port = config.port;
    options.tcp = config.port_given;
    options.socket = config.socket;
    options.schema = config.name;
    options.own_schema = config.schema;
    options.user = config.user;
    options.password = config.password.reveal();
    options.tls = config.tls != Tls::off;
    options.tls_ca = config.tls_ca;
    options.path = config.path;
    options.connect_timeout = static_cast<int>(config.connect_timeout.count());
    options.read_timeout = static_cast<int>(config.read_timeout.count());
    options.write_timeout = static_cast<int>(config.write_timeout.count());
    return options;
}

}  // namespace pwreset
