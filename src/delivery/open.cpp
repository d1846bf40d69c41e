#include "src/delivery/open.h"

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/delivery/maildir.h"
#include "src/delivery/smtp.h"
#include "src/delivery/wire.h"

namespace pwreset {

std::unique_ptr<Transport> open_transport(const MailConfig& config, const std::function<int()>& signalled) {
    if (config.transport == MailConfig::Transport::maildir) return open_maildir(config.maildir);
    const auto deadline = std::chrono::steady_clock::now() + config.timeout;
    try {
        return open_smtp(config, connect_wire({config.host, config.port, config.tls_ca, signalled}, deadline));
    } catch (const WireError& fault) {
        throw unavailable("cannot reach the mail relay '" + config.host + "' port " + std::to_string(config.port) + ": " +
                              printable(fault.text),
                          "check [mail] and that the relay is up; what is queued stays queued");
    }
}

}  // namespace pwreset
