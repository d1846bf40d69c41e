// The section [network] of the configuration: the way to web services.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "src/net/http_server.h"

namespace pwreset {

class ConfigText;
struct SecretSource;

struct NetworkConfig {
    std::shared_ptr<const HttpProxy> proxy;  ///< of services that are spoken to by https; nothing: none
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> network_keys();
/// The password stays empty when there is no `source`. Throws Error CONFIG.
NetworkConfig read_network(const ConfigText& text, const SecretSource* source);

/// Has the service reached through the proxy, when there is one. Plain http is for this host alone: it stays here.
void send_through(const NetworkConfig& network, HttpServer& server);

}  // namespace pwreset
