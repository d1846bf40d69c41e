#include "src/config/network.h"

#include "src/secrets/secrets.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

constexpr std::string_view login_keys[] = {"proxy_user", "proxy_password_file", "proxy_password_credential"};

void read_login(const Section& section, const SecretSource* source, HttpProxy& proxy) {
    proxy.user = section.text("proxy_user");
    proxy.password = Secret(read_named_secret(section, source, "proxy_password").reveal());
    if (proxy.user.find(':') != proxy.user.npos)
        section.fail("proxy_user", "colon in 'network.proxy_user'", "a login of HTTP's has none: it ends the name");
    if (proxy.user.empty() == names_secret(section, "proxy_password"))
        section.fail(
            "proxy_user",
            proxy.user.empty() ? "password without 'network.proxy_user'" : "'network.proxy_user' without a password",
            proxy.user.empty() ? "write proxy_user = \"NAME\", the login at the proxy"
                               : "write proxy_password_file = \"proxy.password\"");
}

}  // namespace

std::span<const std::string_view> network_keys() {
    static constexpr std::string_view keys[] = {"network.proxy", "network.proxy_user", "network.proxy_password_file",
                                                "network.proxy_password_credential"};
    return keys;
}

NetworkConfig read_network(const ConfigText& text, const SecretSource* source) {
    const Section section(text, "network");
    const std::string url = section.text("proxy");
    if (url.empty()) {
        for (const std::string_view key : login_keys) {
            if (section.given(key))
                section.fail(key, "'" + section.full(key) + "' without 'network.proxy'",
                             "write proxy = \"http://HOST:PORT\"");
        }
        return {};
    }
    const auto proxy = std::make_shared<HttpProxy>();
    if (const auto fault = proxy_url_fault(url, proxy->host, proxy->port))
        section.fail("proxy", fault->fault + " in 'network.proxy'", fault->hint);
    read_login(section, source, *proxy);
    return {proxy};
}

void send_through(const NetworkConfig& network, HttpServer& server) {
    if (server.encrypted) server.proxy = network.proxy;
}

}  // namespace pwreset
