// Where a web service is.
#pragma once

#include <string>

namespace pwreset {

/// Where a service is: what of its URL may be shown.
struct HttpServer {
    bool encrypted = true;
    std::string host;  ///< a name, or an address without brackets
    int port = 443;
    std::string ca_file;  ///< PEM; empty = the system's store
};

}  // namespace pwreset
