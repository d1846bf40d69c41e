#include "src/transport/open.h"

#include "src/base/error.h"
#include "src/transport/maildir.h"
#include "src/transport/sms.h"
#include "src/transport/smtp.h"

namespace pwreset {

const SmsConfig& require_gateway(const Config& config) {
    if (config.sms) return *config.sms;
    throw unavailable("no gateway for text messages is configured", "describe it in [sms]");
}

std::unique_ptr<Transport> open_transport(const Config& config, Channel channel,
                                          const std::function<int()>& signalled) {
    if (channel == Channel::sms) return open_gateway(require_gateway(config), signalled);
    if (config.mail.transport == MailConfig::Transport::maildir) return open_maildir(config.mail.maildir);
    return connect_smtp(config.mail, signalled);
}

}  // namespace pwreset
