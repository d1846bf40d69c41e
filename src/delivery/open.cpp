#include "src/delivery/open.h"

#include "src/delivery/maildir.h"
#include "src/delivery/smtp.h"

namespace pwreset {

std::unique_ptr<Transport> open_transport(const MailConfig& config, const std::function<int()>& signalled) {
    if (config.transport == MailConfig::Transport::maildir) return open_maildir(config.maildir);
    return connect_smtp(config, signalled);
}

}  // namespace pwreset
