// The section [captcha] of the configuration: the service that checks what a browser solved.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/base/time.h"
#include "src/net/http_server.h"
#include "src/secrets/named_secret.h"

namespace pwreset {

class ConfigText;
struct SecretSource;

struct CaptchaConfig {
    HttpServer server;
    std::string target;  ///< path and query
    NamedSecret secret;
    Seconds timeout{5};
    std::string hostname;  ///< expected in the answer; empty = any
    std::string action;    ///< the same
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> captcha_keys();
/// Nothing when the section is not there. The secret stays empty when there is no `source`. Throws Error CONFIG.
std::optional<CaptchaConfig> read_captcha(const ConfigText& text, const SecretSource* source);

}  // namespace pwreset
