#include "src/config/service.h"

#include "src/toml/values.h"

namespace pwreset {

HttpServer read_server(const Section& section, const SecretSource* source, const std::string& url,
                       std::string& target) {
    ServiceUrl read;
    if (const auto fault = service_url_fault(url, read))
        section.fail("url", fault->fault + " in '" + section.full("url") + "'", fault->hint);
    if (!read.encrypted) section.refuse({"tls_ca"}, "http://");
    target = read.target;
    return {read.encrypted, read.host, read.port, read_authorities(section, source)};
}

}  // namespace pwreset
