// Where a web service of the configuration is: what [sms] and [captcha] have in common.
#pragma once

#include <string>

#include "src/net/http_server.h"
#include "src/secrets/secrets.h"

namespace pwreset {

/// The server of a URL, with the authorities that may vouch for it; its path and query go to `target`. Throws Error
/// CONFIG.
HttpServer read_server(const Section& section, const SecretSource* source, const std::string& url, std::string& target);

}  // namespace pwreset
