// Where a web service is, and the way that leads there.
#pragma once

#include <memory>
#include <string>

#include "src/base/secret.h"

namespace pwreset {

/// What opens a way to services by CONNECT, and sees nothing of what is said on it.
struct HttpProxy {
    std::string host;  ///< a name, or an address without brackets
    int port = 0;
    std::string user;  ///< empty = without a login
    Secret password;
};

/// Where a service is: what of its URL may be shown.
struct HttpServer {
    bool encrypted = true;
    std::string host;  ///< a name, or an address without brackets
    int port = 443;
    std::string ca_file;                       ///< PEM; empty = the system's store
    std::shared_ptr<const HttpProxy> proxy{};  ///< nothing: directly
};

/// "api.example:443", "[::1]:443".
inline std::string authority_of(const std::string& host, int port) {
    const bool bare = host.find(':') == std::string::npos;
    return (bare ? host : "[" + host + "]") + ":" + std::to_string(port);
}

}  // namespace pwreset
